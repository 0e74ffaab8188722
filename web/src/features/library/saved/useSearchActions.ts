import { changeSearch, deleteSearch, saveSearch, type SavedSearch, type SearchBody, type SearchPatch } from "@/api/searches";
import { offerUndo } from "@/components/ui/offerUndo";
import { useAttempt } from "@/components/ui/useAttempt";

/** Returns functions that change saved searches, and show why they could not. */
export function useSearchActions() {
  const attempt = useAttempt(["searches", "list"]);
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
