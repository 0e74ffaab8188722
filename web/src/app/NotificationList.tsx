import { Notifications } from "@mantine/notifications";

/** The notices that parts of the page show; those of the time before it was loaded, too. */
export function NotificationList() {
  return <Notifications position="bottom-right" />;
}
