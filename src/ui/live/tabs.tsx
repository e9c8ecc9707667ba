import type { ComponentChildren } from "preact";
import { usePage } from "../components/page-context.tsx";
import { formatSelection, isSelected } from "../selection/selection.ts";
import { routeOf } from "./route.ts";

const tabs = [
  ["overview", "Overview"],
  ["endpoints", "Endpoints"],
  ["groups", "Groups"],
  ["streams", "Streams"],
  ["metrics", "Metrics"],
  ["failures", "Failures"],
  ["checks", "Checks"],
  ["workers", "Workers"],
  ["ratios", "Ratios"],
  ["logs", "Logs"],
  ["history", "History"],
] as const;

/** The tabs of a run besides its overview and its log. */
export const otherTabs: ReadonlySet<string> = new Set(
  tabs.map(([id]) => id).filter((id) => !["overview", "logs", "history"].includes(id)),
);

interface TabsProps {
  readonly chosen: string;
  /** Whether the test has groups. Without groups their tab is hidden, unless it is the current one. */
  readonly hasGroups?: boolean;
  /** Whether the test has streamed a response. The same applies to the tab of streams. */
  readonly hasStreams?: boolean;
  /** Whether the test has metrics of its own. The same applies to their tab. */
  readonly hasMetrics?: boolean;
  /** Content at the right. */
  readonly children?: ComponentChildren;
}

/** The tabs as links: each has a URL, opens in a new browser tab and survives a reload. */
export function Tabs({ chosen, hasGroups = false, hasStreams = false, hasMetrics = false, children }: TabsProps) {
  const isShown = (id: string) =>
    (id !== "groups" || hasGroups) && (id !== "streams" || hasStreams) && (id !== "metrics" || hasMetrics);
  const { selection } = usePage();
  // The tabs of a run keep its selection. The history covers all runs, so its tab drops the selection.
  const kept = chosen === "history" || !isSelected(selection) ? "" : `?${formatSelection(selection)}`;
  return (
    <div class="contents">
      <nav class="tabs" aria-label="Views">
        {tabs
          .filter(([id]) => isShown(id) || chosen === id)
          .map(([id, title]) => (
            <a
              key={id}
              href={id === "history" ? routeOf(id) : `${routeOf(id)}${kept}`}
              {...(chosen === id ? { "aria-current": "page" as const } : {})}
            >
              {title}
            </a>
          ))}
      </nav>
      <span class="fill" />
      {children}
    </div>
  );
}
