import classes from "@/features/library/filters/Trail.module.css";

/** The path of a folder, with a button for each part. */
export function Trail({ folder, onChange }: { folder: string; onChange: (folder: string | undefined) => void }) {
  const parts = folder.split("/");
  return (
    <nav aria-label="Folder" className={classes["trail"]}>
      <button type="button" onClick={() => onChange(undefined)}>
        All folders
      </button>
      {parts.map((part, place) => (
        <span key={place}>
          <span aria-hidden> / </span>
          <button
            type="button"
            aria-current={place === parts.length - 1 ? "location" : undefined}
            onClick={() => onChange(parts.slice(0, place + 1).join("/"))}
          >
            {part}
          </button>
        </span>
      ))}
    </nav>
  );
}
