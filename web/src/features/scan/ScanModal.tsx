import { Modal } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { rootsQuery } from "@/api/folders";
import { activeJobsQuery, isFinished, jobQuery } from "@/api/jobs";
import { ApiError } from "@/api/problem";
import type { Job } from "@/api/types";
import { JobAnnouncer } from "@/components/ui/JobAnnouncer";
import { ActiveScan } from "@/features/scan/ActiveScan";
import { OtherScans } from "@/features/scan/OtherScans";
import { ScanForm } from "@/features/scan/ScanForm";
import { ScanOutcome } from "@/features/scan/ScanOutcome";
import { isFolderScan } from "@/features/scan/scanFolder";
import { viewOnOpening, type ScanView } from "@/features/scan/scanView";
import { useJobKinds } from "@/lib/jobKinds";
import { jobTitle } from "@/lib/jobWords";
import { useShownJob } from "@/lib/live/jobEnds";

const GONE = 404;

interface ScanModalProps {
  opened: boolean;
  /** The absolute path of the initial folder; null for none. */
  initialPath: string | null;
  onClose: () => void;
}

/** The scan dialog: choice of a folder, progress, outcome; closing it stops nothing. */
export function ScanModal({ opened, initialPath, onClose }: ScanModalProps) {
  const kinds = useJobKinds();
  const { data: active } = useQuery(activeJobsQuery);
  const { data: roots } = useQuery({ ...rootsQuery, enabled: opened });
  const scans = (active ?? []).filter(isFolderScan);
  const [view, setView] = useState<ScanView>({ name: "choice", path: null });
  // A dialog opened before the jobs are loaded shows the active scan once they are.
  const stage = !opened ? "closed" : active === undefined ? "unknown" : "known";
  const [lastStage, setLastStage] = useState<typeof stage>("closed");
  if (stage !== lastStage) {
    setLastStage(stage);
    if (opened && (lastStage === "closed" || view.name === "choice"))
      setView(viewOnOpening(view, initialPath, scans, roots?.items ?? []));
  }

  const id = view.name === "scan" ? view.id : null;
  const { data: job, error } = useQuery({ ...jobQuery(id ?? ""), enabled: id !== null });
  const isGone = error instanceof ApiError && error.status === GONE;
  const shown = view.name === "scan" && !isGone ? job : undefined;
  useShownJob(opened ? id : null);
  const phone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });

  const choose = () => setView({ name: "choice", path: null });
  const show = (next: Job, joined = false) => setView({ name: "scan", id: next.id, joined });
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={shown ? jobTitle(shown, kinds) : "Scan a folder"}
      size="lg"
      fullScreen={phone}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {shown && <JobAnnouncer job={shown} />}
      {!shown ? (
        <ScanForm
          key={view.name === "choice" ? view.path : null}
          initialPath={view.name === "choice" ? view.path : null}
          activeScans={scans}
          onShow={show}
          onClose={onClose}
        />
      ) : isFinished(shown) ? (
        <ScanOutcome job={shown} onAgain={show} onChooseOther={choose} onClose={onClose} />
      ) : (
        <ActiveScan
          key={shown.id}
          job={shown}
          joined={view.name === "scan" && view.joined}
          onChooseOther={choose}
          onClose={onClose}
        />
      )}
      <OtherScans scans={scans.filter((one) => one.id !== shown?.id)} onShow={show} />
    </Modal>
  );
}
