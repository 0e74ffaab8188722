import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect } from "react";

import { Frame } from "@/app/Frame";
import { loadingPart } from "@/app/loadingPart";
import { PageTitle } from "@/app/PageTitle";
import { listenToOtherTabs, setTokenRequired, useTokenRequired } from "@/lib/session";

const loadPrompt = loadingPart(() => import("@/features/session/TokenPrompt"));
const TokenPrompt = lazy(async () => ({ default: (await loadPrompt()).TokenPrompt }));

/** The page, or the sign-in form alone. */
export function Shell() {
  const tokenRequired = useTokenRequired();
  const queryClient = useQueryClient();
  useEffect(
    () =>
      listenToOtherTabs((signedIn) => {
        if (signedIn) void queryClient.invalidateQueries();
        else queryClient.clear();
        setTokenRequired(!signedIn);
      }),
    [queryClient],
  );
  return (
    <>
      <PageTitle signingIn={tokenRequired} />
      <Suspense>{tokenRequired ? <TokenPrompt /> : <Frame />}</Suspense>
    </>
  );
}
