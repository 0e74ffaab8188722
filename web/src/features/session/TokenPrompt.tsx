import { Modal } from "@mantine/core";

import { setTokenRequired, useTokenRequired } from "@/lib/session";

export function TokenPrompt() {
  const required = useTokenRequired();
  return <Modal opened={required} onClose={() => setTokenRequired(false)} title="Sign in" />;
}
