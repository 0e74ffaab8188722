import { notifications } from "@mantine/notifications";
import { useQueryClient, type QueryKey } from "@tanstack/react-query";

import { sentenceOf } from "@/api/problem";

/**
 * Returns a function that makes a change, shows why that failed under a title, and has what was
 * loaded under `queryKey` loaded again. It returns whether the change was made.
 */
export function useAttempt(queryKey: QueryKey): (title: string, change: () => Promise<unknown>) => Promise<boolean> {
  const queryClient = useQueryClient();
  return async (title, change) => {
    try {
      await change();
      return true;
    } catch (error) {
      notifications.show({ color: "red", title, message: sentenceOf(error) });
      return false;
    } finally {
      await queryClient.invalidateQueries({ queryKey });
    }
  };
}
