import { useMutation, useQueryClient } from "@tanstack/react-query";

import {
  duplicateKeys,
  duplicatesQuery,
  reopenDuplicates,
  resolveDuplicates,
  withoutGroups,
  type DuplicateList,
  type Kept,
} from "@/api/duplicates";
import { ApiError } from "@/api/problem";
import { videoKeys } from "@/api/videos";
import { showBulkOutcome } from "@/components/ui/bulkNotices";
import { showFailure } from "@/components/ui/failureNotice";
import { formatCounted } from "@/lib/format";

const CONFLICT = 409;

/** Returns the mutation that resolves groups, takes them off the list, and offers to undo that. */
export function useResolve(tagOthers: string | null) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (kept: Kept) => resolveDuplicates(kept, tagOthers),
    onSuccess: ({ resolved, undo }, kept) => {
      const { queryKey: listed } = duplicatesQuery(false);
      queryClient.setQueryData<DuplicateList>(listed, (data) => withoutGroups(data, new Set(kept.keys())));
      const { queryKey: others } = duplicatesQuery(true);
      for (const queryKey of [videoKeys.all, ["tags"], others]) void queryClient.invalidateQueries({ queryKey });
      showBulkOutcome(
        { count: resolved, undo },
        (count) => `${formatCounted(count, "group")} resolved. The files were not touched.`,
        "",
      );
    },
    onError: (error) => {
      showFailure("Could not resolve the duplicates", error);
      if (error instanceof ApiError && error.status === CONFLICT) {
        void queryClient.invalidateQueries({ queryKey: duplicateKeys.all });
      }
    },
  });
}

/** Returns the mutation that lists resolved groups again. */
export function useReopen() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (fingerprint: string) => reopenDuplicates([fingerprint]),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: duplicateKeys.all }),
    onError: (error) => showFailure("Could not reopen the duplicates", error),
  });
}
