interface Node {
  type: string;
  value?: string;
  children?: Node[];
}

/** Parents whose children are lines of text; elsewhere raw HTML stands as a block of its own. */
const flowParents = new Set(["root", "blockquote", "listItem", "footnoteDefinition"]);

/** Makes text of raw HTML in a Markdown tree, so that what looks like a tag is read and not lost. */
export function htmlAsText() {
  return (tree: Node): void => rewrite(tree);
}

function rewrite(parent: Node): void {
  if (!parent.children) return;
  parent.children = parent.children.map((child) => {
    if (child.type !== "html") return child;
    const lines = linesOf(child.value ?? "");
    return flowParents.has(parent.type) ? { type: "paragraph", children: lines } : { type: "text", value: child.value ?? "" };
  });
  parent.children.forEach(rewrite);
}

function linesOf(value: string): Node[] {
  return value.split("\n").flatMap((line, index) => {
    const text = { type: "text", value: line };
    return index === 0 ? [text] : [{ type: "break" }, text];
  });
}
