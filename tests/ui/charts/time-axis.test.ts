import assert from "node:assert/strict";
import { test } from "node:test";
import { TimeAxis } from "../../../src/ui/charts/time-axis.ts";

function axisOf(to: number): TimeAxis {
  const axis = new TimeAxis();
  axis.setWhole(0, to);
  return axis;
}

test("a zoom stays inside the run and is never narrower than can be read", () => {
  const axis = axisOf(100);
  axis.zoomTo(-20, 30);
  assert.deepEqual(axis.range, [0, 50]);
  axis.zoomTo(99.9, 99.95);
  assert.deepEqual(axis.range, [98, 100]);
  axis.zoomTo(-5, 200);
  assert.ok(!axis.isZoomed);
});

test("a zoom to the end of a long run does not leave the charts of a short one empty", () => {
  const axis = axisOf(3_600);
  axis.zoomTo(3_000, 3_300);
  axis.setWhole(0, 3_200);
  assert.deepEqual(axis.range, [3_000, 3_300]);
  axis.setWhole(0, 60);
  assert.deepEqual([axis.isZoomed, ...axis.range], [false, 0, 60]);
});

test("zooming in and out keeps the middle; out of the run it shows all of it", () => {
  const axis = axisOf(100);
  axis.zoomBy(2);
  assert.deepEqual(axis.range, [25, 75]);
  axis.panBy(0.5);
  assert.deepEqual(axis.range, [50, 100]);
  axis.zoomBy(0.5);
  assert.ok(!axis.isZoomed);
  assert.deepEqual(axis.range, [0, 100]);
});

test("listeners hear each change; a run that grows does not move what is zoomed to", () => {
  const axis = axisOf(100);
  let heard = 0;
  const stop = axis.subscribe(() => {
    heard += 1;
  });
  axis.zoomTo(10, 20);
  axis.setWhole(0, 101);
  assert.deepEqual([heard, ...axis.range], [1, 10, 20]);
  axis.showAll();
  assert.deepEqual([heard, ...axis.range], [2, 0, 101]);
  stop();
  axis.zoomTo(10, 20);
  assert.equal(heard, 2);
});

test("a selected range begins and ends at edges: the nearest ones, or those around it", () => {
  const axis = axisOf(100);
  assert.equal(axis.nearest(10, 20), null);
  axis.setEdges([0, 5, 10, 30, 90]);
  assert.deepEqual(axis.nearest(4.9, 21), [5, 30]);
  assert.deepEqual(axis.nearest(11, 13), [10, 30]);
  assert.deepEqual(axis.nearest(80, 500), [30, 90]);
  assert.deepEqual(axis.snapped(9, 11), [5, 30]);
  assert.deepEqual(axis.snapped(5, 10), [5, 10]);
  assert.equal(axis.snapped(90, 95), null);
});
