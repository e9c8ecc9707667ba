/**
 * Solves the linear equations matrix x = right by Gaussian elimination with partial pivoting; for a few unknowns.
 *
 * @returns undefined if the equations do not determine x
 */
export function solveLinear(matrix: readonly (readonly number[])[], right: readonly number[]): number[] | undefined {
  const rows = matrix.map((row, index) => [...row, right[index] as number]);
  const scale = Math.max(...rows.flat().map(Math.abs));
  for (let column = 0; column < rows.length; column++) {
    const size = (row: number) => Math.abs(rows[row]?.[column] as number);
    let pivot = column;
    for (let row = column + 1; row < rows.length; row++) if (size(row) > size(pivot)) pivot = row;
    if (!(size(pivot) > scale * 1e-14)) return undefined;
    [rows[column], rows[pivot]] = [rows[pivot] as number[], rows[column] as number[]];
    for (let row = column + 1; row < rows.length; row++) subtractRow(rows, row, column);
  }
  const solution = new Array<number>(rows.length).fill(0);
  for (let row = rows.length - 1; row >= 0; row--) {
    const equation = rows[row] as number[];
    const solved = solution.reduce(
      (sum, value, column) => (column > row ? sum + (equation[column] as number) * value : sum),
      0,
    );
    solution[row] = ((equation[rows.length] as number) - solved) / (equation[row] as number);
  }
  return solution;
}

/** Makes `row` zero in `column` by subtracting the pivot row, which is at position `column`. */
function subtractRow(rows: number[][], row: number, column: number): void {
  const target = rows[row] as number[];
  const pivot = rows[column] as number[];
  const factor = (target[column] as number) / (pivot[column] as number);
  for (let k = column; k < target.length; k++) target[k] = (target[k] as number) - factor * (pivot[k] as number);
}
