import type { ChartData } from "../data/series.ts";

export const noData: ChartData = { x: [], lines: [] };
