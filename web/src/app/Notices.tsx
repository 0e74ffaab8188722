import { ConnectionNotice } from "@/app/ConnectionNotice";
import { NewVersionNotice } from "@/app/NewVersionNotice";
import { WaitingEdits } from "@/app/WaitingEdits";

import classes from "@/app/Notices.module.css";

/** Notices of the whole page, over its lower edge so that nothing shifts. */
export function Notices() {
  return (
    <div className={classes["notices"]}>
      <NewVersionNotice />
      <ConnectionNotice />
      <WaitingEdits />
    </div>
  );
}
