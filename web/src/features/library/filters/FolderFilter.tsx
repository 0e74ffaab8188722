import type { Facets } from "@/api/types";
import { FacetList } from "@/features/library/filters/FacetList";
import { Trail } from "@/features/library/filters/Trail";

interface FolderFilterProps {
  /** The direct subfolders of `folder`. */
  folders: Facets["folder"];
  /** The selected folder; "" for all. */
  folder: string;
  onChange: (folder: string | undefined) => void;
}

const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** The folders of the library, one level at a time, by name. */
export function FolderFilter({ folders, folder, onChange }: FolderFilterProps) {
  const found = folders.flatMap(({ value, count }) =>
    value ? [{ value, label: value.slice(value.lastIndexOf("/") + 1), count }] : [],
  );
  if (found.length === 0 && folder === "") return null;
  return (
    <div>
      {folder !== "" && <Trail folder={folder} onChange={onChange} />}
      <FacetList
        title={folder === "" ? "Folders" : "Subfolders"}
        choices={found.sort((one, other) => byName.compare(one.label, other.label))}
        chosen={[]}
        onToggle={onChange}
      />
    </div>
  );
}
