import classes from "@/components/ui/FilePath.module.css";

/** A path in one line, shortened in the middle, with the full path on hover. */
export function FilePath({ path }: { path: string }) {
  const cut = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1;
  return (
    <span className={classes["path"]} title={path}>
      {cut > 0 && <span className={classes["folder"]}>{path.slice(0, cut)}</span>}
      <span className={classes["name"]}>{path.slice(cut)}</span>
    </span>
  );
}
