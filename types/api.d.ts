// The API's answers, from its own description: generated/openapi.d.ts is written by `make lint-js` and never by hand.
import type { components, paths } from "./generated/openapi";

type Schemas = components["schemas"];
type Json<Response> = Response extends { content: { "application/json": infer Body } } ? Body : null;

/** The route behind a path as the page writes it: `jobs/${id}/windows` is `/api/jobs/{dag_id}/windows`. */
type Route<P extends string> =
  `/api/${P}` extends keyof paths ? `/api/${P}`
  : P extends `deleted-jobs/${string}/executions` ? "/api/deleted-jobs/{dag_id}/executions"
  : P extends `deleted-jobs/${string}` ? "/api/deleted-jobs/{dag_id}"
  : P extends `jobs/${string}/versions/${string}` ? "/api/jobs/{dag_id}/versions/{version}"
  : P extends `jobs/${string}/${infer Verb}` ? `/api/jobs/{dag_id}/${Verb}`
  : P extends `jobs/${string}` ? "/api/jobs/{dag_id}"
  : P extends `templates/${string}` ? "/api/templates/{name}"
  : P extends `destinations/${string}/check` ? "/api/destinations/{tag}/check"
  : P extends `destinations/${string}/host-keys` ? "/api/destinations/{tag}/host-keys"
  : never;

type Responses<Operation> = Operation extends { responses: infer R } ? R : never;
type Success<R> = R extends { 201: infer Ok }
  ? Ok
  : R extends { 200: infer Ok }
    ? Ok
    : R extends { 204: infer Ok }
      ? Ok
      : never;

declare global {
  namespace Api {
    type Method = "GET" | "POST" | "PATCH" | "DELETE";
    type Answer<P extends string, M extends Method = "GET"> =
      Route<P> extends keyof paths
        ? Lowercase<M> extends keyof paths[Route<P>] ? Json<Success<Responses<paths[Route<P>][Lowercase<M>]>>> : never
        : never;

    type Catalogue = Schemas["CatalogueAnswer"];
    type CatalogueColumn = Schemas["CatalogueColumn"];
    type ChangeCheck = Schemas["ChangeCheck"];
    type ColumnDifference = Schemas["ColumnDifference"];
    type ColumnUse = string | { column: string; as?: string };
    type ComingWindow = DraftCheck["windows"][number];
    type CoverageAnswer = Answer<`jobs/${string}/windows`>;
    type DeliveredFile = Schemas["DeliveredFile"];
    type DeliveredTemplate = Schemas["DeliveredTemplate"];
    type DeliveryComparison = Schemas["DeliveryComparison"];
    type DeletedJobRow = Schemas["DeletedJobRow"];
    type DestinationCheck = Answer<`destinations/${string}/check`, "POST">;
    type LastCheck = Schemas["LastCheck"];
    type DestinationEntry = Schemas["DestinationEntry"];
    type Difference = Schemas["Difference"];
    type DraftCheck = Schemas["DraftCheck"];
    type ExecutionError = Schemas["ExecutionError"];
    type ExecutionLinks = Schemas["ExecutionLinks"];
    type ExecutionRow = Schemas["ExecutionRow"];
    type FactEntry = Schemas["FactEntry"];
    type FilterColumn = Schemas["FilterColumn"];
    type KeyEntry = Schemas["KeyEntry"];
    type FileEncryption = Schemas["FileEncryption"];
    type InstallationCheck = Schemas["InstallationCheck"];
    type Issue = Schemas["IssueAnswer"];
    type JobDetail = Schemas["JobDetail"];
    type JobList = Schemas["JobList"];
    type JobRow = Schemas["JobRow"];
    type JobSpec = Schemas["JobSpec"];
    type LastDelivery = Schemas["LastDelivery"];
    type MailSummary = ExecutionRow["notifications"][number];
    type Me = Answer<"me">;
    type PreviewAnswer = Schemas["PreviewAnswer"];
    type ReachableDimensions = Answer<"catalogue/dimensions">;
    type RerunAnswer = Schemas["RerunAnswer"];
    type RerunWindow = Schemas["RerunWindow"];
    type TemplateCheck = Schemas["TemplateCheck"];
    type TemplateColumn = TemplateCheck["file_columns"][number];
    type TemplateDetail = Schemas["TemplateDetail"];
    type TemplateInUse = Schemas["TemplateInUse"];
    type TemplateKind = Schemas["TemplateKind"];
    type TemplateRow = Schemas["TemplateRow"];
    type VersionChanges = Schemas["VersionChanges"];
    type VersionNote = Schemas["VersionNote"];
    type ValueCount = FilterColumn["operators"][number]["values"];
    type Window = LastDelivery["window"];
    type WindowCell = Schemas["WindowCell"];
    type WindowState = WindowCell["state"];
  }
}
