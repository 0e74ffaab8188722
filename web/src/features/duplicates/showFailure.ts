import { notifications } from "@mantine/notifications";

/** Shows what could not be done, and why. */
export function showFailure(title: string, message: string): void {
  notifications.show({ color: "red", title, message, closeButtonProps: { "aria-label": "Dismiss" } });
}
