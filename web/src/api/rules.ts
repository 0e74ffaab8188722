import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { client, dataOf } from "@/api/client";
import type { components } from "@/api/generated/schema";
import { ApiError } from "@/api/problem";

export type Rule = components["schemas"]["RuleResponse"];
export type RuleTrigger = components["schemas"]["RuleTrigger"];
export type RulePreview = components["schemas"]["RulePreviewResponse"];
export type RunState = components["schemas"]["RunState"];
export type Delivery = components["schemas"]["DeliveryResponse"];

/** When and what; the server fills in what is missing. */
export interface RuleChoice {
  when: RuleTrigger;
  filter: Partial<components["schemas"]["VideoFilter"]> | null;
  search_id: number | null;
  actions: {
    storyboard: boolean;
    add_tags: string[];
    render: Rule["actions"]["render"] | { preset: string; folder: string | null };
    webhook: { url: string } | null;
  };
}

/** A rule to make, or the changes of one. */
export interface NamedChoice extends RuleChoice {
  name: string;
  include_existing: boolean;
}

type Sent = components["schemas"];

/** All query keys of rules start with it. */
export const ruleKey = ["rules"] as const;

const BUSY_MILLISECONDS = 2000;
const IDLE_MILLISECONDS = 15_000;
const PAGE_SIZE = 50;

function isBusy(rule: Rule): boolean {
  return rule.runs.waiting + rule.runs.running > 0;
}

/** All rules, oldest first; asked again while the page is open, more often while one is at work. */
export const rulesQuery = queryOptions({
  queryKey: ["rules", "list"] as const,
  queryFn: async ({ signal }) => dataOf(await client.GET("/api/v1/rules", { signal })).items,
  refetchInterval: ({ state }) => (state.data?.some(isBusy) ? BUSY_MILLISECONDS : IDLE_MILLISECONDS),
});

/** What a rule would do with existing videos. A refusal is not retried. */
export function previewQuery(choice: RuleChoice, ruleId: string | null) {
  const body = { ...choice, rule_id: ruleId } as Sent["RulePreviewBody"];
  return queryOptions({
    queryKey: ["rules", "preview", body] as const,
    queryFn: async ({ signal }) => dataOf(await client.POST("/api/v1/rules/preview", { body, signal })),
    retry: (count, error) => count < 2 && error instanceof ApiError && error.status === null,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
}

/** The videos that a rule ran on, newest first, page by page; `changes` is a number that grows with them. */
export function runsQuery(ruleId: string, state: RunState | null, changes: number) {
  return infiniteQueryOptions({
    queryKey: ["rules", "runs", ruleId, state, changes] as const,
    queryFn: async ({ signal, pageParam }) => {
      const query = { limit: PAGE_SIZE, ...(state && { state }), ...(pageParam !== null && { cursor: pageParam }) };
      const params = { path: { rule_id: ruleId }, query };
      return dataOf(await client.GET("/api/v1/rules/{rule_id}/runs", { params, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: keepPreviousData,
  });
}

/** The newest calls of a rule's webhook. */
export function deliveriesQuery(ruleId: string) {
  return queryOptions({
    queryKey: ["rules", "deliveries", ruleId] as const,
    queryFn: async ({ signal }) => {
      const params = { path: { rule_id: ruleId }, query: { limit: PAGE_SIZE } };
      return dataOf(await client.GET("/api/v1/rules/{rule_id}/deliveries", { params, signal })).items;
    },
    refetchInterval: BUSY_MILLISECONDS,
  });
}

export async function addRule(choice: NamedChoice): Promise<Rule> {
  const body = choice as Sent["RuleBody"];
  return dataOf(await client.POST("/api/v1/rules", { body }));
}

export async function changeRule(id: string, changes: Partial<NamedChoice> & { enabled?: boolean }): Promise<Rule> {
  const body = changes as Sent["RulePatch"];
  return dataOf(await client.PATCH("/api/v1/rules/{rule_id}", { params: { path: { rule_id: id } }, body }));
}

export async function deleteRule(id: string): Promise<void> {
  await client.DELETE("/api/v1/rules/{rule_id}", { params: { path: { rule_id: id } } });
}

export async function retryDelivery(ruleId: string, deliveryId: string): Promise<Delivery> {
  const params = { path: { rule_id: ruleId, delivery_id: deliveryId } };
  return dataOf(await client.POST("/api/v1/rules/{rule_id}/deliveries/{delivery_id}/retry", { params }));
}
