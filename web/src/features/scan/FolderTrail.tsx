import { UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";

import type { Root } from "@/api/types";
import { stepsTo, type Step } from "@/features/scan/scanFolder";

import classes from "@/features/scan/FolderTrail.module.css";

interface FolderTrailProps {
  folder: string | null;
  roots: readonly Root[];
  onGo: (path: string | null) => void;
}

/** Where the open folder is, each folder above it a button. */
export function FolderTrail({ folder, roots, onGo }: FolderTrailProps) {
  const steps: (Omit<Step, "path"> & { path: string | null })[] = folder === null ? [] : stepsTo(folder, roots);
  const all = roots.length === 1 ? steps : [{ name: "Library folders", path: null }, ...steps];
  return (
    <nav aria-label="Open folder">
      <ol className={classes["trail"]}>
        {all.map(({ name, path }, index) => (
          <li key={path ?? ""} className={classes["step"]}>
            {index > 0 && <IconChevronRight size={14} aria-hidden className={classes["mark"]} />}
            {index === all.length - 1 ? (
              <span className={classes["here"]} aria-current="location">
                {name}
              </span>
            ) : (
              <UnstyledButton className={classes["link"]} onClick={() => onGo(path)}>
                {name}
              </UnstyledButton>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
