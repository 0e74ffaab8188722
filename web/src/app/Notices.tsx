import { ConnectionNotice } from "@/app/ConnectionNotice";
import { NewVersionNotice } from "@/app/NewVersionNotice";

import classes from "@/app/Notices.module.css";

/** What the whole page has to say, over the lower edge, so that nothing jumps. */
export function Notices() {
  return (
    <div className={classes["notices"]}>
      <NewVersionNotice />
      <ConnectionNotice />
    </div>
  );
}
