import { Button, Code, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";

import { ApiError, sentenceOf, UNAUTHORIZED } from "@/api/problem";
import { signIn } from "@/api/session";
import { setTokenRequired, tellOtherTabs } from "@/lib/session";

import classes from "@/features/session/TokenPrompt.module.css";

/** Asks for the token, in place of everything else; the browser keeps a cookie, scripts nothing. */
export function TokenPrompt() {
  const queryClient = useQueryClient();
  const [token, setToken] = useState("");
  const attempt = useMutation({
    mutationFn: signIn,
    onSuccess: async () => {
      // What was refused is asked again as soon as it is shown.
      await queryClient.invalidateQueries();
      setTokenRequired(false);
      tellOtherTabs(true);
    },
  });

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (token.trim() !== "") attempt.mutate(token.trim());
  }

  return (
    <main className={classes["page"]}>
      <Paper withBorder shadow="sm" p="xl" className={classes["box"]}>
        <form onSubmit={submit}>
          <Stack>
            <img src="/icon.svg" alt="" width={40} height={40} />
            <Title order={1} size="h3">
              Sign in to stoat-ferret
            </Title>
            <Text size="sm" c="dimmed">
              This server requires a token: the value of its setting <Code>STOAT_TOKEN</Code>.
            </Text>
            <PasswordInput
              label="Token"
              name="token"
              autoComplete="current-password"
              data-autofocus
              autoFocus // eslint-disable-line jsx-a11y/no-autofocus -- there is nothing else to do here
              required
              withAsterisk={false}
              value={token}
              error={attempt.isError ? refusal(attempt.error) : null}
              visibilityToggleButtonProps={{ "aria-label": "Show or hide the token", tabIndex: 0 }}
              onChange={(event) => {
                setToken(event.currentTarget.value);
                attempt.reset();
              }}
            />
            <Button type="submit" loading={attempt.isPending}>
              Sign in
            </Button>
          </Stack>
        </form>
      </Paper>
    </main>
  );
}

function refusal(error: Error): string {
  return error instanceof ApiError && error.status === UNAUTHORIZED
    ? "Wrong token. Check for capital letters and missing characters."
    : sentenceOf(error);
}
