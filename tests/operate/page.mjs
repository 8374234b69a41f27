/** What docs/METRICS.md, docs/grafana.json and docs/alerts.yml say. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../parity/support/servers.mjs";

export const ALERTS = join(REPOSITORY, "docs/alerts.yml");
export const ALERT_TESTS = join(REPOSITORY, "docs/alerts.test.yml");

const read = (name) => readFileSync(join(REPOSITORY, "docs", name), "utf8");

/** Kind of every metric in the tables of METRICS.md, by name. */
export function metricsOfPage() {
  const rows = read("METRICS.md").matchAll(/^\| `((?:ssr_host|process)_[a-z_]+)` \| (counter|gauge|histogram) \| .+ \|$/gm);
  return new Map(Array.from(rows, ([, name, kind]) => [name, kind]));
}

/** @returns {{where: string, expr: string}[]} the expressions of the dashboard, as Grafana fills them in */
export function dashboardExpressions() {
  const { panels, templating } = JSON.parse(read("grafana.json"));
  const filled = (text) => text.replaceAll("$instance", ".*").replaceAll("$__rate_interval", "10s");
  const ofPanels = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr, refId }) => ({ where: `panel "${title}" ${refId}`, expr: filled(expr) })));
  const ofVariables = templating.list.map(({ name, definition }) => ({ where: `variable ${name}`, expr: /label_values\((.+), \w+\)/.exec(definition)[1] }));
  return [...ofPanels, ...ofVariables];
}

/** @returns {{where: string, expr: string}[]} the expressions of the alerts: what follows `expr:`, on its line or indented below it */
export function alertExpressions() {
  const rules = read("alerts.yml").matchAll(/^ {6}- alert: (\w+)\n {8}expr: (?:\|\n((?: {10}.*\n)+)|(.+)\n)/gm);
  return Array.from(rules, ([, name, block, line]) => ({ where: `alert ${name}`, expr: (block ?? line).trim() }));
}


/** A metric's name without the suffix of a histogram's series. */
export function base(name, kinds) {
  const plain = name.replace(/_(bucket|sum|count)$/, "");
  return kinds.get(plain) === "histogram" && plain !== name ? plain : name;
}

/**
 * Selectors of an expression: each metric with the labels in its braces.
 * @returns {{name: string, labels: string[]}[]}
 */
export function selectorsIn(expr) {
  const found = expr.matchAll(/\b((?:ssr_host|process)_[a-z_]+)(?:\{([^}]*)\})?/g);
  return Array.from(found, ([, name, inside = ""]) => ({ name, labels: Array.from(inside.matchAll(/(\w+)\s*(?:=~|!~|!=|=)"/g), ([, label]) => label) }));
}

/** Labels that an expression groups by. */
export function groupingsIn(expr) {
  return Array.from(expr.matchAll(/\b(?:by|on) \(([\w, ]*)\)/g), ([, list]) => list.split(",").map((label) => label.trim()).filter(Boolean)).flat();
}
