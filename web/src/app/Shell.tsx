import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { Frame } from "@/app/Frame";
import { PageTitle } from "@/app/PageTitle";
import { TokenPrompt } from "@/features/session/TokenPrompt";
import { hearOtherTabs, setTokenRequired, useTokenRequired } from "@/lib/session";

/** The page, or what asks for the token: nothing lies behind that. */
export function Shell() {
  const tokenRequired = useTokenRequired();
  const queryClient = useQueryClient();
  useEffect(
    () =>
      hearOtherTabs((signedIn) => {
        if (signedIn) void queryClient.invalidateQueries();
        else queryClient.clear();
        setTokenRequired(!signedIn);
      }),
    [queryClient],
  );
  return (
    <>
      <PageTitle signingIn={tokenRequired} />
      {tokenRequired ? <TokenPrompt /> : <Frame />}
    </>
  );
}
