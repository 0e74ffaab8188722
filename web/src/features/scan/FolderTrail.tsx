import { UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";

import type { Root } from "@/api/types";
import { stepsTo, type Step } from "@/features/scan/scanFolder";

import classes from "@/features/scan/FolderPicker.module.css";

interface FolderTrailProps {
  folder: string | null;
  roots: readonly Root[];
  onGo: (path: string | null) => void;
}

/** The path of the open folder, with a button for each parent. */
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
              <UnstyledButton className={classes["trailLink"]} onClick={() => onGo(path)}>
                {name}
              </UnstyledButton>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
