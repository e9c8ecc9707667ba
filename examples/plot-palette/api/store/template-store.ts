import { LinkedList, type ListNode } from "./linked-list.ts";

/** A named palette that jobs are plotted with. */
export interface Template {
  readonly id: string;
  readonly name: string;
  readonly palette: readonly string[];
}

const SEEDS: readonly Template[] = [
  { id: "basic", name: "Basic", palette: ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728"] },
  { id: "dark", name: "Dark", palette: ["#0d1117", "#58a6ff", "#f78166"] },
  { id: "pastel", name: "Pastel", palette: ["#aec7e8", "#ffbb78", "#98df8a", "#ff9896"] },
  { id: "print", name: "Print", palette: ["#000000", "#555555", "#aaaaaa"] },
];

const MAX_CUSTOM_TEMPLATES = 1_000;
const LISTED_CUSTOM_TEMPLATES = 20;

/** The seeded templates, which stay, and the newest 1,000 that clients made. */
export class TemplateStore {
  #nextNumber = 1;
  #byId = new Map<string, Template>();
  #custom = new LinkedList<Template>();
  #customNodes = new Map<string, ListNode<Template>>();
  /** The list is asked for often and changes rarely. */
  #listJson: string | undefined = undefined;

  constructor() {
    this.clear();
  }

  get size(): number {
    return this.#byId.size;
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  get(id: string): Template | undefined {
    return this.#byId.get(id);
  }

  isSeeded(id: string): boolean {
    return this.#byId.has(id) && !this.#customNodes.has(id);
  }

  /** Adds a template under an id that is free; without one it gets the next free number. */
  create(id: string | undefined, name: string, palette: readonly string[]): Template {
    const template: Template = { id: id ?? this.#freeId(), name, palette };
    this.#byId.set(template.id, template);
    this.#customNodes.set(template.id, this.#custom.append(template));
    this.#listJson = undefined;
    if (this.#customNodes.size > MAX_CUSTOM_TEMPLATES && this.#custom.first) this.remove(this.#custom.first.value.id);
    return template;
  }

  /** Removes a template that a client made. */
  remove(id: string): boolean {
    const node = this.#customNodes.get(id);
    if (node === undefined) return false;
    this.#custom.remove(node);
    this.#customNodes.delete(id);
    this.#byId.delete(id);
    this.#listJson = undefined;
    return true;
  }

  /** `{templates}`: the seeded ones, then the newest 20 others. */
  listJson(): string {
    this.#listJson ??= JSON.stringify({
      templates: [...SEEDS, ...this.#custom.newestFirst(LISTED_CUSTOM_TEMPLATES)],
    });
    return this.#listJson;
  }

  clear(): void {
    this.#byId = new Map(SEEDS.map((template) => [template.id, template]));
    this.#custom = new LinkedList();
    this.#customNodes = new Map();
    this.#listJson = undefined;
  }

  #freeId(): string {
    let id = `template-${this.#nextNumber++}`;
    while (this.#byId.has(id)) id = `template-${this.#nextNumber++}`;
    return id;
  }
}
