import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";

import { sentenceOf } from "@/api/problem";
import { changeSearch, deleteSearch, saveSearch, type SavedSearch, type SearchBody, type SearchPatch } from "@/api/searches";
import { offerUndo } from "@/features/library/saved/offerUndo";

/** Returns functions that change saved searches, and show why they could not. */
export function useSearchActions() {
  const queryClient = useQueryClient();

  /** Returns whether it was done. */
  async function attempt(title: string, change: () => Promise<unknown>): Promise<boolean> {
    try {
      await change();
      return true;
    } catch (error) {
      notifications.show({ color: "red", title, message: sentenceOf(error) });
      return false;
    } finally {
      await queryClient.invalidateQueries({ queryKey: ["searches", "list"] });
    }
  }

  const save = (body: SearchBody) => attempt("Could not save the search", () => saveSearch(body));
  return {
    save,
    change: (search: SavedSearch, patch: SearchPatch) =>
      attempt("Could not change the search", () => changeSearch(search.id, patch)),
    remove: async ({ id, name, query }: SavedSearch, position: number) => {
      if (!(await attempt("Could not delete the search", () => deleteSearch(id)))) return;
      offerUndo(`Search “${name}” deleted.`, () => void save({ name, query, position }));
    },
  };
}
