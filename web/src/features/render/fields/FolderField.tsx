import { TextInput } from "@mantine/core";

interface FolderFieldProps {
  value: unknown;
  error: string | undefined;
  /** Called with undefined for the output folder itself. */
  onChange: (folder: string | undefined) => void;
}

/** A folder inside the output folder. */
export function FolderField({ value, error, onChange }: FolderFieldProps) {
  return (
    <TextInput
      label="Folder"
      description="Inside the output folder, such as trips/2026; it is created if needed."
      placeholder="The output folder"
      error={error}
      maxLength={1000}
      value={typeof value === "string" ? value : ""}
      onChange={(event) => onChange(event.currentTarget.value === "" ? undefined : event.currentTarget.value)}
    />
  );
}
