import { PageLink } from "@/components/ui/PageLink";

import classes from "@/components/ui/FolderTrail.module.css";

interface FolderTrailProps {
  /** Undefined for the whole library. */
  root: string | undefined;
  /** Relative to the root; "" for the root itself. */
  folder: string;
  /** What is shown in the folder, as the name of a video. */
  last?: string;
  /** The address of a folder, or of the library without a root and a folder. */
  hrefOf: (root?: string, folder?: string) => string;
}

/** Breadcrumbs: the folders above what is shown, each a link to its videos. */
export function FolderTrail({ root, folder, last, hrefOf }: FolderTrailProps) {
  const names = folder === "" ? [] : folder.split("/");
  const parts = [
    { label: "Library", href: hrefOf() },
    ...(root === undefined ? [] : [{ label: root, href: hrefOf(root) }]),
    ...names.map((name, place) => ({ label: name, href: hrefOf(root, names.slice(0, place + 1).join("/")) })),
    ...(last === undefined ? [] : [{ label: last, href: null }]),
  ];
  return (
    <nav aria-label="Breadcrumbs" className={classes["trail"]}>
      <ol>
        {parts.map(({ label, href }, place) => (
          <li key={place}>
            {href === null || place === parts.length - 1 ? (
              <span aria-current="page">{label}</span>
            ) : (
              <PageLink href={href}>{label}</PageLink>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
