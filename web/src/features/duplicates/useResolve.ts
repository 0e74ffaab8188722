import { useMutation, useQueryClient } from "@tanstack/react-query";

import { duplicatesQuery, resolveDuplicates, withoutGroups, type DuplicateList, type Kept } from "@/api/duplicates";
import { ApiError, sentenceOf } from "@/api/problem";
import { videoKeys } from "@/api/videos";
import { showBulkOutcome } from "@/components/ui/bulkNotices";
import { showFailure } from "@/features/duplicates/showFailure";
import { formatCounted } from "@/lib/format";

const CONFLICT = 409;

/** Returns the mutation that resolves groups, takes them off the list, and offers to undo that. */
export function useResolve(tagOthers: string | null) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (kept: Kept) => resolveDuplicates(kept, tagOthers),
    onSuccess: ({ resolved, undo }, kept) => {
      queryClient.setQueryData<DuplicateList>(duplicatesQuery.queryKey, (data) => withoutGroups(data, new Set(kept.keys())));
      for (const queryKey of [videoKeys.all, ["tags"]]) void queryClient.invalidateQueries({ queryKey });
      showBulkOutcome(
        { count: resolved, undo },
        (count) => `${formatCounted(count, "group")} resolved. The files were not touched.`,
        "",
      );
    },
    onError: (error) => {
      showFailure("Could not resolve the duplicates", sentenceOf(error));
      if (error instanceof ApiError && error.status === CONFLICT) {
        void queryClient.invalidateQueries({ queryKey: duplicatesQuery.queryKey });
      }
    },
  });
}
