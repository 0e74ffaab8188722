import { NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { rootsQuery } from "@/api/folders";

import classes from "@/features/render/fields/RootFileFields.module.css";

type RootFile = Readonly<Record<string, unknown>>;

interface RootFileFieldsProps {
  /** "image 1". */
  name: string;
  /** The value in the request. */
  file: unknown;
  placeholder: string;
  error: string | undefined;
  size?: "xs" | "sm";
  /** The name of the library folder that it starts with; by default the first. */
  usualRoot?: string | undefined;
  onChange: (file: RootFile) => void;
}

/** A file by its library folder and its path in there. */
export function RootFileFields({ name, file, placeholder, error, size = "xs", usualRoot, onChange }: RootFileFieldsProps) {
  const { data } = useQuery(rootsQuery);
  const roots = data?.items.map((root) => root.name) ?? [];
  const known: RootFile = typeof file === "object" && file !== null ? { ...file } : {};
  // The folders may have been unknown when it was added.
  const root = textOf(known["root"]) || (usualRoot ?? roots[0] ?? "");
  const set = (change: RootFile) => onChange({ path: "", ...known, root, ...change });
  return (
    <div className={classes["file"]}>
      <NativeSelect
        size={size}
        className={classes["root"] ?? ""}
        aria-label={`Library folder of ${name}`}
        data={roots.includes(root) ? roots : [root, ...roots]}
        value={root}
        onChange={(event) => set({ root: event.currentTarget.value })}
      />
      <TextInput
        size={size}
        className={classes["path"] ?? ""}
        aria-label={`Path of ${name} in that folder`}
        placeholder={placeholder}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        error={error}
        value={textOf(known["path"])}
        onChange={(event) => set({ path: event.currentTarget.value })}
      />
    </div>
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
