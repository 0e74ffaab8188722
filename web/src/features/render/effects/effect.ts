import { effectKinds } from "@/features/render/effects/effectKinds";

/** An effect in the form of a request. */
export type Effect = Readonly<Record<string, unknown>>;

/** Returns the effects of a clip, from its fields in a request. */
export function effectsOf(extras: Readonly<Record<string, unknown>>): Effect[] {
  const effects = extras["effects"];
  return Array.isArray(effects) ? effects.filter(isObject) : [];
}

/** Returns an effect with initial values. */
export function newEffect(name: string): Effect {
  return { effect: name, ...effectKinds.get(name)?.initial };
}

/** Returns the label of an effect; one that the page does not know has its name. */
export function effectLabel(effect: Effect): string {
  const name = String(effect["effect"]);
  return effectKinds.get(name)?.label ?? name;
}

/** Returns the value at a path, such as `start.x`. */
export function valueAt(effect: Effect, path: string): unknown {
  return path.split(".").reduce<unknown>((whole, key) => (isObject(whole) ? whole[key] : undefined), effect);
}

/** Returns `effect` with a value at a path; undefined restores the default. */
export function withValue(effect: Effect, path: string, value: unknown): Effect {
  const [key = "", ...rest] = path.split(".");
  const inner = effect[key];
  const next = rest.length === 0 ? value : withValue(isObject(inner) ? inner : {}, rest.join("."), value);
  return Object.fromEntries(Object.entries({ ...effect, [key]: next }).filter(([, one]) => one !== undefined));
}

/** Returns effects with one of them at another place. */
export function moved(effects: readonly Effect[], from: number, to: number): Effect[] {
  const others = effects.filter((_, place) => place !== from);
  return [...others.slice(0, to), ...effects.slice(from, from + 1), ...others.slice(to)];
}

/** Returns whether a file that an effect needs is yet to be named. */
export function lacksFile(effect: Effect): boolean {
  return filesOf(effect).some((field) => field.isRequired && !isNamed(valueAt(effect, field.name)));
}

/** Returns `effect` without optional files that have no path. */
export function withoutUnnamed(effect: Effect): Effect {
  const unnamed = filesOf(effect).filter((field) => !field.isRequired && !isNamed(valueAt(effect, field.name)));
  return unnamed.reduce((rest, field) => withValue(rest, field.name, undefined), effect);
}

/** Returns whether a file in a library folder has a path. */
export function isNamed(file: unknown): boolean {
  return isObject(file) && typeof file["path"] === "string" && file["path"].trim() !== "";
}

function filesOf(effect: Effect) {
  const fields = effectKinds.get(String(effect["effect"]))?.fields ?? [];
  return fields.filter((field) => field.type === "file");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
