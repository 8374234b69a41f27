/** The table of `console.table`. Source: node/lib/internal/console/constructor.js, node/lib/internal/cli_table.js. */
import { core } from "ext:core/mod.js";

const lazyInspect = core.createLazyLoader("ext:ssr_host/vendor/inspect.js");

/** A cell's text: a value on one line, objects one level deep. */
function cell(value) {
  const nested = value !== null && typeof value === "object" && !Array.isArray(value) &&
    Object.keys(value).length > 2;
  return lazyInspect().default.inspect(value, { maxArrayLength: 3, breakLength: Infinity, depth: nested ? -1 : 0 });
}

/** Characters that a terminal shows two columns wide. */
const WIDE = new RegExp(
  "^[\\u1100-\\u115f\\u2e80-\\ua4cf\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe30-\\ufe6f\\uff00-\\uff60\\uffe0-\\uffe6]" +
    "|\\p{Emoji_Presentation}",
  "u",
);

/** Columns that a terminal gives a text: combining marks none, wide characters two. */
function width(text) {
  let columns = 0;
  for (const { segment } of new Intl.Segmenter().segment(text.replace(/\u001b\[\d+m/g, ""))) {
    columns += WIDE.test(segment) ? 2 : 1;
  }
  return columns;
}

function line(left, cells, between, right) {
  return `${left}${cells.join(between)}${right}\n`;
}

/** Draws a table from its head and its columns of texts. */
function draw(head, columns) {
  const rows = Math.max(0, ...columns.map((column) => column.length));
  const widths = head.map((text, i) => Math.max(width(text), ...columns[i].map((value) => width(value ?? ""))) + 2);
  const padded = (text, i) => ` ${text}${" ".repeat(widths[i] - width(text) - 1)}`;
  const rule = widths.map((n) => "─".repeat(n));
  let text = line("┌", rule, "┬", "┐") + line("│", head.map(padded), "│", "│") + line("├", rule, "┼", "┤");
  for (let row = 0; row < rows; row++) {
    text += line("│", columns.map((column, i) => padded(column[row] ?? "", i)), "│", "│");
  }
  return text + line("└", rule, "┴", "┘").slice(0, -1);
}

/** The rows of tabular data: [index text, value] pairs and the head of the index column. */
function rowsOf(data) {
  if (data instanceof Map) return { head: "(iteration index)", rows: [...data].map((pair, i) => [`${i}`, pair]) };
  if (data instanceof Set) return { head: "(iteration index)", rows: [...data].map((value, i) => [`${i}`, value]) };
  return { head: "(index)", rows: Object.entries(data) };
}

/**
 * The table of an object, array, map or set; undefined for what has no rows.
 *
 * @param {unknown} data
 * @param {string[]} [wanted] the only columns to show
 */
export function renderTable(data, wanted) {
  if (data === null || typeof data !== "object") return undefined;
  const { head, rows } = rowsOf(data);
  if (data instanceof Map) {
    return draw([head, "Key", "Values"], [
      rows.map(([index]) => index), rows.map(([, [key]]) => cell(key)), rows.map(([, [, value]]) => cell(value)),
    ]);
  }
  const columns = new Map((wanted ?? []).map((name) => [name, []]));
  const values = [];
  rows.forEach(([, value], row) => {
    const isPrimitive = value === null || (typeof value !== "object" && typeof value !== "function");
    if (isPrimitive) {
      values[row] = cell(value);
      return;
    }
    for (const name of wanted ?? Object.keys(value)) {
      if (!columns.has(name)) columns.set(name, []);
      if (Object.hasOwn(value, name)) columns.get(name)[row] = cell(value[name]);
    }
  });
  const names = [head, ...columns.keys()];
  const cells = [rows.map(([index]) => index), ...[...columns.values()].map((column) => Array.from(column))];
  if (values.length > 0) {
    names.push("Values");
    cells.push(Array.from(values));
  }
  return draw(names, cells);
}
