// What the page itself works with: drafts, options, the states of its hooks.
import type { ApiError } from "../plugins/export_jobs/web/static/api.js";
import type { useJob } from "../plugins/export_jobs/web/static/pages/job/useJob.js";
import type * as ReactModule from "react";

declare global {
  namespace Page {
    type Component<P = any> = (props: P) => ReactModule.ReactNode;
    type Content = ReactModule.ReactNode;
    type InputEvent = ReactModule.ChangeEvent<HTMLInputElement>;
    type KeyEvent = ReactModule.KeyboardEvent<HTMLElement>;
    type DragEvent = ReactModule.PointerEvent<HTMLElement>;

    /** From the server or from the page itself; without a level it is an error. */
    type Issue = Omit<Api.Issue, "level"> & { level?: Api.Issue["level"] };
    type Query = Record<string, string | number | boolean | null | undefined>;
    type Request<M extends Api.Method> = {
      method?: M;
      query?: Query;
      body?: object;
      version?: number;
      signal?: AbortSignal;
    };
    type Loaded<T> = { data: T | null; error: ApiError | null; seenAt: string; reload: () => Promise<void> };
    type Action<A extends unknown[]> = {
      isBusy: boolean;
      error: Error | null;
      run: (...parameters: A) => Promise<void>;
      clear: () => void;
    };

    type Status = "success" | "error" | "warning" | "info";
    type Message = { id: number; text: string; status: Status };
    type MenuItem = { value: string; words: string; isDangerous?: boolean; onSelect: () => void };
    /** A key and its words. */
    type Option = string[];
    /** A label and its value; without a value it is not shown. */
    type Fact = [string, Content | null | undefined];
    type State = { words: string; icon: string; color: string };
    type Offer = { key: string; title: string; description: string; note: string; group?: string };
    type Heading = { words: Content; display?: object; width?: string | object; textAlign?: string };
    type JobColumn = {
      key: string;
      heading: string;
      sort?: string;
      width?: string | object;
      from?: string;
      hasZone?: boolean;
      display?: object;
      cell: (job: Api.JobRow) => Content;
    };
    type CoverageGroup = { name: string; cells: { window: Api.WindowCell; index: number }[] };
    type Series = { name: string; values: (number | null)[] };
    type ComparedLine = {
      key: string;
      column: string;
      isFirst: boolean;
      note: string;
      what: string;
      before: string;
      after: string;
      change: string;
      isSame: boolean;
    };
    type ColumnRow = { column: string; heading: string; isChosen: boolean; title: string; type: string };

    type Template = Pick<Api.TemplateRow, "name" | "kind" | "description" | "columns" | "kpis" | "dimensions"> & {
      fact?: string | null;
    };
    type NewTemplate = Template & { file_columns: Api.TemplateColumn[] };
    type OfferedTemplate = NewTemplate & { isNew?: boolean; issues?: Issue[] };
    type Filter = { column: string; op: string; values?: string[] };
    type TemplateUse = {
      template: string;
      columns?: Api.ColumnUse[];
      date_basis?: string | null;
      filters?: Filter[];
      audience?: string[];
      order_by?: string[];
      subfolder?: string;
    };
    type FileOptions = Partial<Api.JobSpec["file"]>;
    type Schedule = {
      frequency: string;
      execute_on?: string | null;
      from: string;
      until: string;
      deliver_at: string;
      deliver_on?: string | null;
      deliver_after_days?: number;
      time_zone: string;
    };
    type Draft = {
      name: string;
      description: string;
      owner: string;
      destination: string;
      also: string[];
      recipients: string[];
      schedule: Schedule;
      templates: TemplateUse[];
      file: FileOptions;
      new_templates: NewTemplate[];
    };
    type OtherDraft = { from: string | null; name: string; at: string };
    type DraftChange = Partial<Draft> | ((draft: Draft) => Partial<Draft>);
    type Change = (changes: DraftChange) => void;
    /** The part of a check that the fields of a schedule show. */
    type ScheduleCheck = Pick<Api.DraftCheck, "schedule_text" | "first_delivery" | "count"> & { issues: Issue[] };
    type ChangeCheck = Omit<Api.ChangeCheck, "issues"> & { issues: Issue[] };

    /** A job whose definition may be invalid, so that parts of it may be missing. */
    type Job = Omit<Api.JobDetail, "definition" | "templates"> & {
      definition: { schedule?: Schedule; enabled?: boolean; file?: FileOptions };
      templates: TemplateInUse[];
    };
    type TemplateInUse = Omit<Api.TemplateInUse, "filters"> & { filters: Filter[] };
    type EditDraft = Pick<Api.JobDetail, "description" | "owner" | "recipients"> & {
      enabled?: boolean;
      schedule: Partial<Schedule>;
    };
    type JobPath = `jobs/${string}`;
    type BulkVerb = "change" | "delete" | "pause" | "rerun";
    type Verb = "pause" | "reexport" | "rerun" | "resume" | "run";
    type LoadedJob = ReturnType<typeof useJob>;
    /** What the parts of the job page share; they are drawn once the job is there. */
    type JobView = Omit<LoadedJob, "job"> & { job: Job };
    type CoveredJob = JobView & { coverage: Api.CoverageAnswer };

    type TemplateChecked = { check: Api.TemplateCheck | null; error: Error | null };
    type PreviewResult = { answer: Api.PreviewAnswer | null; error: ApiError | null; isBusy: boolean };
  }
}
