import { Alert } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";

import { useConnection } from "@/lib/live/connection";

/** Says that the server does not answer, for as long as that is so. */
export function ConnectionNotice() {
  const connection = useConnection();
  if (connection !== "offline") return null;
  return (
    <Alert
      role="status"
      color="orange"
      radius={0}
      icon={<IconPlugConnectedX aria-hidden />}
      title="The server does not answer"
    >
      What you see may be old. The page connects again by itself as soon as the server is back.
    </Alert>
  );
}
