import { useEffect, useState } from "preact/hooks";
import { formatClock } from "../../core/duration.ts";
import { allEndpoints, type EndpointKey } from "../data/endpoint-key.ts";
import { useBrush } from "../selection/use-brush.ts";
import { usePage } from "./page-context.tsx";

interface ChartControlsProps {
  readonly endpoints: readonly EndpointKey[];
  readonly endpoint: EndpointKey;
  readonly onEndpoint: (endpoint: EndpointKey) => void;
}

/** The controls of the charts: the shown endpoint, zoom and pan. */
export function ChartControls({ endpoints, endpoint, onEndpoint }: ChartControlsProps) {
  const { axis } = usePage();
  const brush = useBrush();
  const [, redraw] = useState(0);
  useEffect(() => axis.subscribe(() => redraw((times) => times + 1)), [axis]);
  const [from, to] = axis.range;
  return (
    <div class="toolbar">
      <label>
        endpoint{" "}
        <select value={endpoint} onChange={(event) => onEndpoint(event.currentTarget.value)}>
          <option value={allEndpoints}>all</option>
          {endpoints.map((key) => (
            <option key={key} value={key}>
              {key}
            </option>
          ))}
        </select>
      </label>
      <span class="fill" />
      {axis.isZoomed && (
        <span class="number">
          {formatClock(from * 1_000)} – {formatClock(to * 1_000)}
        </span>
      )}
      {axis.isZoomed && axis.snapped(from, to) !== null && (
        <button type="button" onClick={() => brush(from, to)}>
          select this time
        </button>
      )}
      <button type="button" onClick={() => axis.zoomBy(2)} aria-label="Zoom in">
        +
      </button>
      <button type="button" onClick={() => axis.zoomBy(0.5)} aria-label="Zoom out" disabled={!axis.isZoomed}>
        −
      </button>
      <button type="button" onClick={() => axis.panBy(-0.5)} aria-label="Earlier" disabled={!axis.isZoomed}>
        ←
      </button>
      <button type="button" onClick={() => axis.panBy(0.5)} aria-label="Later" disabled={!axis.isZoomed}>
        →
      </button>
      <button type="button" onClick={() => axis.showAll()} disabled={!axis.isZoomed}>
        whole run
      </button>
    </div>
  );
}
