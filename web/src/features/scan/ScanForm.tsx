import { Alert, Button, Checkbox, Skeleton, Stack } from "@mantine/core";
import { IconFolderSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";

import { rootsQuery } from "@/api/folders";
import { ApiError, sentenceOf } from "@/api/problem";
import type { Job } from "@/api/types";
import { Actions } from "@/features/scan/Actions";
import { FolderPicker } from "@/features/scan/FolderPicker";
import { scanOf } from "@/features/scan/scanFolder";
import { useStartScan } from "@/features/scan/useStartScan";

interface ScanFormProps {
  /** The absolute path of the initial folder. */
  initialPath: string | null;
  activeScans: readonly Job[];
  onShow: (job: Job, joined: boolean) => void;
  onClose: () => void;
}

/** The form that starts a scan. */
export function ScanForm({ initialPath, activeScans, onShow, onClose }: ScanFormProps) {
  const { data: roots } = useQuery(rootsQuery);
  // Undefined until something is chosen; null is the list of roots.
  const [chosen, setChosen] = useState<string | null | undefined>(initialPath ?? undefined);
  const [recursive, setRecursive] = useState(true);
  const [force, setForce] = useState(false);
  const start = useStartScan();
  // If the first one is unavailable, all are listed, so that this is visible.
  const first = roots?.items[0];
  const folder = chosen === undefined ? (first?.available ? first.path : null) : chosen;
  const running = folder === null ? undefined : scanOf(folder, activeScans, roots?.items ?? []);
  // Errors of the path are shown beside it, all others near the button.
  const aboutPath = start.error instanceof ApiError && start.error.status !== null && start.error.status < 500;

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    if (folder === null) return;
    start.mutate(
      { path: folder, recursive, force },
      { onSuccess: ({ job, joined }) => onShow(job, joined) },
    );
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {roots === undefined && chosen === undefined ? (
          <Skeleton height="22rem" />
        ) : (
          <FolderPicker
            folder={folder}
            problem={aboutPath ? sentenceOf(start.error) : null}
            onChoose={(path) => {
              start.reset();
              setChosen(path);
            }}
          />
        )}
        <Stack gap="sm">
          <Checkbox
            label="Include subfolders"
            checked={recursive}
            onChange={(event) => setRecursive(event.currentTarget.checked)}
          />
          <Checkbox
            label="Rescan unchanged files too (slower)"
            checked={force}
            onChange={(event) => setForce(event.currentTarget.checked)}
          />
        </Stack>
        {running && (
          <Alert variant="light" title="This folder is already being scanned">
            <Button variant="default" size="xs" onClick={() => onShow(running, false)}>
              Show scan
            </Button>
          </Alert>
        )}
        {start.isError && !aboutPath && (
          <Alert color="red" variant="light" role="alert">
            {sentenceOf(start.error)}
          </Alert>
        )}
        <Actions>
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button
            type="submit"
            disabled={folder === null}
            loading={start.isPending}
            leftSection={<IconFolderSearch size={18} aria-hidden />}
          >
            Start scan
          </Button>
        </Actions>
      </Stack>
    </form>
  );
}
