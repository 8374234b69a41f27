/** Figures of several samples, and how reports write them. */

/** The median of one figure of samples. */
export function medianOf(samples, key) {
  return median(samples.map((sample) => sample[key]));
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function number(value, digits = 0) {
  if (Number.isNaN(value)) return "–";
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A Markdown table: text in the first column and numbers in the others, unless `rule` says otherwise. */
export function table(head, lines, rule = head.map((_, column) => (column === 0 ? "---" : "--:"))) {
  return [head, rule, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
