/** A number that goes up and down, and its highest value. */
export class Gauge {
  current = 0;
  peak = 0;

  rise(): void {
    this.current += 1;
    if (this.current > this.peak) this.peak = this.current;
  }

  fall(): void {
    this.current -= 1;
  }

  /** What is there now stays: only the peak starts again. */
  resetPeak(): void {
    this.peak = this.current;
  }

  snapshot(): { current: number; peak: number } {
    return { current: this.current, peak: this.peak };
  }
}
