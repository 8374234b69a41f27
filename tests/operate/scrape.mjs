/** The Prometheus text format, read strictly as far as a test needs: https://prometheus.io/docs/instrumenting/exposition_formats/. */
import { ask } from "./ask.mjs";

const SAMPLE = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-z_]+)="((?:[^"\\]|\\.)*)"(?:,|$)/g;

/** What a host tells at one moment. */
export class Scrape {
  /** @type {{name: string, labels: Record<string, string>, value: number}[]} */
  samples = [];

  constructor(text) {
    this.text = text;
    for (const line of text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))) {
      const [, name, inside = "", value] = SAMPLE.exec(line) ?? [];
      if (name === undefined) throw new Error(`not a sample: ${line}`);
      this.samples.push({ name, labels: Object.fromEntries(Array.from(inside.matchAll(LABEL), ([, key, text]) => [key, text])), value: Number(value) });
    }
  }

  /** Reads that of the admin port at `url`. */
  static async of(url, headers) {
    const { status, body } = await ask(`${url}/metrics`, { headers });
    if (status !== 200) throw new Error(`/metrics answers ${status}: ${body}`);
    return new Scrape(body);
  }

  /** The samples of this name that have these labels, whatever else they have. */
  all(name, labels = {}) {
    return this.samples.filter((sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value));
  }

  /** Their sum; 0 when there are none. */
  sum(name, labels) {
    return this.all(name, labels).reduce((sum, { value }) => sum + value, 0);
  }

  /** Names of the labels of a metric's samples; undefined when it has no sample. */
  labelsOf(name) {
    const found = this.all(name);
    return found.length > 0 ? new Set(found.flatMap(({ labels }) => Object.keys(labels))) : undefined;
  }
}
