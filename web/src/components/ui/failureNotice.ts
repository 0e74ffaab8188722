import { notifications } from "@mantine/notifications";

import { sentenceOf } from "@/api/problem";

/** Shows that something could not be done, and why. */
export function showFailure(title: string, error: unknown): void {
  notifications.show({
    color: "red",
    title,
    message: sentenceOf(error),
    closeButtonProps: { "aria-label": "Dismiss" },
  });
}
