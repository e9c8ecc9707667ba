/** The samples in a text in Prometheus' format. Source: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export interface Samples {
  readonly types: ReadonlyMap<string, string>;
  /** The one sample with exactly these labels. @throws Error if there is none, or more than one */
  value(name: string, labels: Readonly<Record<string, string>>): number;
  /** The sum of all samples with this name, and those of these labels. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number;
  count(name: string): number;
}

interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

export function samplesIn(text: string): Samples {
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  const seen = new Set<string>();
  if (text !== "" && !text.endsWith("\n")) throw new Error("the last line has no end");
  for (const line of text.split("\n").slice(0, -1)) {
    const [, named, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (named !== undefined && type !== undefined) {
      if (types.has(named)) throw new Error(`a second type of ${named}`);
      types.set(named, type);
    }
    if (line.startsWith("#")) continue;
    const sample = sampleIn(line);
    const key = `${sample.name} ${JSON.stringify([...sample.labels].sort())}`;
    if (seen.has(key)) throw new Error(`twice: ${line}`);
    seen.add(key);
    samples.push(sample);
  }
  const matching = (name: string, labels: Readonly<Record<string, string>>) =>
    samples.filter(
      (one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels.get(key) === value),
    );
  return {
    types,
    value: (name, labels) => {
      const found = matching(name, labels).filter((one) => one.labels.size === Object.keys(labels).length);
      const [first] = found;
      if (first === undefined || found.length > 1)
        throw new Error(`${found.length} of ${name} ${JSON.stringify(labels)}`);
      return first.value;
    },
    sum: (name, labels = {}) => matching(name, labels).reduce((sum, { value }) => sum + value, 0),
    count: (name) => matching(name, {}).length,
  };
}

function sampleIn(line: string): Sample {
  const labels = new Map<string, string>();
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0] ?? "";
  let position = name.length;
  if (line[position] === "{") {
    position++;
    const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)",?/y;
    for (label.lastIndex = position; line[position] !== "}"; position = label.lastIndex) {
      const [, key, value] = label.exec(line) ?? [];
      if (key === undefined || value === undefined) throw new Error(`not a label at ${position}: ${line}`);
      labels.set(
        key,
        value.replace(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped)),
      );
    }
    position++;
  }
  const [, written] = /^ (\S+)$/.exec(line.slice(position)) ?? [];
  if (name === "" || written === undefined) throw new Error(`not a sample: ${line}`);
  return { name, labels, value: written === "+Inf" ? Number.POSITIVE_INFINITY : Number(written) };
}
