// Where an arrow key leads in the diagram: right is downstream, left is upstream, up and down are siblings.

import type { LineNode } from "./one-line.ts";

/** Index of the node that a key leads to; null for a key that is none of the diagram's. */
export function walk(
  nodes: readonly LineNode[],
  shown: readonly number[],
  at: number,
  key: string,
): number | null {
  const node = nodes[at]!;
  const isShown = new Set(shown);
  const siblings = (
    node.parent < 0
      ? nodes.flatMap(({ parent }, index) => (parent < 0 ? [index] : []))
      : nodes[node.parent]!.children
  ).filter((each) => isShown.has(each));
  const place = siblings.indexOf(at);
  switch (key) {
    case "ArrowRight":
      return node.children.find((child) => isShown.has(child)) ?? at;
    case "ArrowLeft":
      return node.parent < 0 ? at : node.parent;
    case "ArrowDown":
      return siblings[place + 1] ?? at;
    case "ArrowUp":
      return siblings[place - 1] ?? at;
    case "Home":
      return shown[0] ?? at;
    case "End":
      return shown.at(-1) ?? at;
    default:
      return null;
  }
}
