// The props of each component. They are not in the scripts, because those are served as they are written and
// must stay below 100 kB on the wire together.
declare namespace Props {
  type Children = { children?: Page.Content };
  type Rest = { [name: string]: any };
  type Close = { onClose: () => void };

  // components/
  type ActionMenu = { label: string; items: Page.MenuItem[] };
  type CalendarDay = { day: string; index?: number; isDelivery: boolean };
  type CalendarMonth = { first: string; windowOf: Map<string, number>; deliveries: Set<string> };
  type CalendarPicture = { windows: Api.ComingWindow[]; count: number; zone: string };
  type Checkbox = Children & Rest & { isTop?: boolean; onChange: (isChecked: boolean) => void };
  type Choice = { label: string; value: string; options: Page.Option[]; onChange: (key: string) => void };
  type ConfirmDialog = Children & Close & { title: string; verb: string; onConfirm: () => Promise<unknown> };
  type CopyButton = { text: string; label: string };
  type CoveragePicture = {
    windows: Api.WindowCell[];
    zone: string;
    chosen?: string;
    onChoose: (start: string) => void;
    children: (window: Api.WindowCell, isChosen: boolean) => Page.Content;
  };
  type Dialog = Children & Close & Rest & { title: string; footer: Page.Content; isBusy?: boolean };
  type EmptyState = Children & { title: string; action?: Page.Content };
  type Facts = { facts: Page.Fact[] };
  type Field = Children & Rest & { label: string; hint?: string | null; issues?: Page.Issue[]; required?: boolean };
  type Group = Field;
  type Icon = { name: string; size?: number };
  type Legend = { counts: Record<string, number> };
  type LinkButton = Children & Rest & { to: string };
  type Notice = Children & Rest & { status: Page.Status; title?: string | null; action?: Page.Content };
  type PageHeader = { up: Page.Option[]; title: string; badges?: Page.Content; actions?: Page.Content };
  type Pager = { offset: number; limit: number; total: number; onMove: (offset: number) => void };
  type PickList = {
    label: string;
    placeholder: string;
    options: Page.Offer[];
    chosen: string[];
    onChange: (keys: string[]) => void;
    most?: number;
  };
  type Problem = {
    error: { message?: string; issues?: Page.Issue[] };
    hasPaths?: boolean;
    onRetry?: (() => void) | null;
  };
  type RecipientsField = Changing<string[]> & { value: string[]; label?: string; hint?: string };
  type RowHeading = Children & Rest;
  type SearchField = Rest & {
    label: string;
    placeholder: string;
    value: string;
    delay?: number;
    onSearch: (search: string) => void;
  };
  type Section = Children & { title: string; action?: Page.Content };
  type Select = Rest & {
    value?: string | null;
    options: Page.Option[];
    onChange: (key: string) => void;
    width?: string;
  };
  type Short = Rest & { text: string; title?: string };
  type StateIcon = { job: Pick<Api.JobRow, "state" | "status" | "reason">; hasWords?: boolean };
  type StateLabel = { state: Page.State };
  type Swatch = Rest & { state: Api.WindowState; size?: string };
  type Table = Rest & {
    label?: string;
    headings: Page.Heading[];
    rows?: Page.Content[];
    skeleton?: number;
    height?: number;
    isFixed?: boolean;
  };
  type TaskDialog = Children & Close & {
    title: string;
    verb: string;
    isReady?: boolean;
    onAct: () => Promise<unknown>;
  };
  type TestFileDialog = Close & {
    path: string;
    body?: object;
    templates: string[];
    destination: string;
    isEncrypted: boolean;
  };
  type TextLink = Children & Rest & { to: string; label?: string };
  type TextList = Rest & {
    label: string;
    hint: string;
    issues: Page.Issue[];
    value: string[];
    separators: RegExp;
    onChange: (entries: string[]) => void;
  };
  type WindowChart = {
    title: string;
    series: Page.Series[];
    labels: string[];
    format: (value: number) => string;
    quiet?: string[];
  };

  // components/template/
  type Preview = {
    template: object & { kind: Api.TemplateKind };
    use?: Page.TemplateUse | null;
    schedule?: Page.Schedule | null;
    file?: Page.FileOptions | null;
  };
  type PreviewDays = { first: string; last: string; zone: string; onChange: (window: Api.Window) => void };
  type PreviewRows = { answer: Api.PreviewAnswer; isBusy: boolean; scope: string };
  type Sql = { text: string };
  type TemplateBuilder = {
    value: Page.Template;
    onChange: (template: Page.Template) => void;
    issues: Page.Issue[];
    catalogue: Api.Catalogue;
    schedule?: Page.Schedule | null;
  };
  type TemplateParts = {
    value: Page.Template;
    put: (changes: Partial<Page.Template>) => void;
    at: (name: string) => Page.Issue[];
    catalogue: Api.Catalogue;
  };
  type TemplateColumns = Pick<TemplateParts, "value" | "put"> & { issues: Page.Issue[]; options: Page.Offer[] };

  // components/use/
  type Changing<T> = { issues: Page.Issue[]; onChange: (value: T) => void };
  type Audience = Changing<string[]> & { value: string[] };
  type ColumnList = Changing<Api.ColumnUse[]> & { columns: Api.ColumnUse[]; templateColumns: Api.TemplateColumn[] };
  type ColumnRow = Changing<Partial<Page.ColumnRow>> & {
    row: Page.ColumnRow;
    index: number;
    isLast: boolean;
    onMove: (to: number) => void;
    positionAt: (y: number) => number;
  };
  type DateBasis = Changing<string | null> & { value?: string | null; offered: string[]; kind: Api.TemplateKind };
  type LookUp = string | null;
  type FilterList = Changing<Page.Filter[]> & {
    filters: Page.Filter[];
    offered: Api.FilterColumn[];
    withheld: string[];
    lookUp: (column: string) => string;
  };
  type FilterRow = Changing<Page.Filter> & {
    filter: Page.Filter;
    index: number;
    offered: Api.FilterColumn[];
    lookUp: (column: string) => string;
    onRemove: () => void;
  };
  type FilterValues = ValueList & { count: Api.ValueCount };
  type OrderBy = Changing<string[]> & { value: string[]; columns: Api.TemplateColumn[] };
  type UseEditor = Changing<Partial<Page.TemplateUse>> & { use: Page.TemplateUse; template: Page.NewTemplate };
  type ValueInput = {
    value: string;
    type: string;
    label: string;
    lookUp: LookUp;
    onChange: (value: string) => void;
    onEnter?: (() => void) | null;
  };
  type ValueList = {
    values: string[];
    label: string;
    type: string;
    lookUp: LookUp;
    onChange: (values: string[]) => void;
  };

  // dag_tab.js and pages/list/
  type DagTab = { dagId: string };
  type Filters = typeof import("../plugins/export_jobs/web/static/filters.js").JOB_FILTERS;
  type FilterBar = {
    filters: Filters;
    change: (changes: Partial<Filters>, options?: { replace?: boolean }) => void;
    destinations?: string[];
    owners?: string[];
  };
  type NoJobs = FilterBar & { mayCreate: boolean };
  type ViewMenu = {
    filters: Filters;
    show: (filters: Partial<Filters>) => void;
    columns: string[] | null;
    onColumns: (keys: string[]) => void;
  };
  type NameDialog = Close & { onName: (name: string) => void };
  type BulkBar = {
    jobs: Api.JobRow[];
    act: (verb: Page.BulkVerb, more?: object, jobs?: Api.JobRow[]) => Promise<void>;
    /** How many there are on all pages; 0 where all of them are selected. */
    all: number;
    onAll: () => void;
    onClear: () => void;
  };
  type ChangeDialog = Close & { count: string; onChange: (changes: object) => Promise<void> };
  type JobCell = { job: Api.JobRow };
  type JobTable = {
    jobs?: Api.JobRow[];
    columns: Page.JobColumn[];
    sort: string;
    onSort: (sort: string) => void;
    selected: Set<string>;
    onSelect: (dagIds: Set<string>) => void;
    actionsOf: (job: Api.JobRow) => Page.MenuItem[];
  };
  type JobTableRow = {
    job: Api.JobRow;
    columns: Page.JobColumn[];
    isSelected: boolean;
    onToggle: (isOn: boolean) => void;
    actions: Page.MenuItem[];
  };
  type RowCheckbox = {
    label: string;
    isChecked: boolean;
    isMixed?: boolean;
    onChange: (isChecked: boolean) => void;
  };
  type StateTotals = {
    totals?: Record<string, number>;
    chosen: string;
    onChoose: (state: string) => void;
  };

  // pages/create/
  type Offers = {
    me: Api.Me;
    templates: Api.TemplateRow[];
    catalogue: Api.Catalogue;
    destinations: Api.DestinationEntry[];
  };
  type Drafting = { draft: Page.Draft; change: Page.Change };
  type Creation = { from: string | null };
  type OtherDrafts = Creation;
  type Consequence = Drafting & { check: Api.DraftCheck };
  type Wizard = Offers & Drafting & Creation & {
    startOver: () => void;
    discard: () => void;
    isRestored: boolean;
  };
  type Step = Offers & Drafting & { check: Api.DraftCheck; isShown: boolean };
  type StepList = { step: number; onGo: (step: number) => void };
  type DestinationField = Changing<string> & {
    value: string;
    destinations: Api.DestinationEntry[];
    mayCheck: boolean;
  };
  type HostKeys = { tag: string; keys: Api.DestinationCheck["host_keys"]; onPinned: () => void };
  type MoreDestinations = Changing<string[]> & { value: string[]; destinations: Api.DestinationEntry[] };
  type TextFields = Changing<Page.FileOptions> & { file: Page.FileOptions };
  type FileFields = Changing<Page.FileOptions> & { file: Page.FileOptions; example: string };
  type FileSection = Changing<Page.TemplateUse> & {
    use: Page.TemplateUse;
    template?: Page.NewTemplate;
    draft: Page.Draft;
    isAlone: boolean;
  };
  type NewTemplate = Drafting & Close & {
    index: number | null;
    check: Api.DraftCheck;
    catalogue: Api.Catalogue;
  };
  type ScheduleFields = {
    schedule: Page.Schedule;
    check: Page.ScheduleCheck;
    onChange: (schedule: Page.Schedule) => void;
  };
  type ScheduleText = { check: Page.ScheduleCheck };
  type Summary = { draft: Page.Draft; check: Api.DraftCheck };
  type TemplateCard = {
    template: Page.OfferedTemplate;
    isChosen: boolean;
    schedule: Page.Schedule;
    onToggle: (isChosen: boolean) => void;
    onEdit: (() => void) | null;
  };

  // pages/templates/
  type Columns = { columns: Api.TemplateColumn[] };
  type CreateTemplate = Close & { onCreated: (name: string) => void };
  type Delete = { onDelete: ((template: Api.TemplateRow) => void) | null };
  type TemplateJobs = { template: Api.TemplateDetail };
  type TemplateTable = Delete & { templates?: Api.TemplateRow[] };
  type TemplateTableRow = Delete & { template: Api.TemplateRow };

  // pages/job/
  type Job = { dagId: string };
  type JobTab = { view: Page.JobView };
  type JobDialog = JobTab & Close;
  type AirflowLinks = { links: Api.ExecutionLinks; label: string };
  type ChangePreview = { check: Page.ChangeCheck; isStale: boolean; before: string; after: string };
  type ComparedTemplates = { path: JobVersionsPath; names: string[] };
  type CoverageBody = { view: Page.CoveredJob; onReexport: (window: Api.WindowCell) => void };
  type DeliveredFile = { file: Api.DeliveredFile };
  type DeliveredFiles = { files: Api.DeliveredFile[]; isRunning: boolean };
  type Differences = { path: JobVersionsPath; before: number; after: number };
  type EditFields = {
    job: Page.Job;
    draft: Page.EditDraft & { schedule: Page.Schedule };
    check: Page.ChangeCheck;
    isFresh: boolean;
    firstField: import("react").RefObject<HTMLElement | null>;
    put: (name: keyof Page.EditDraft, value: unknown) => void;
  };
  type EnabledSwitch = { value?: boolean; onChange: (isEnabled: boolean) => void };
  type ExecutionRow = { execution: Api.ExecutionRow; zone: string };
  type Failure = { error: Api.ExecutionError; log: string; label: string };
  type Gaps = { gaps: Api.Window[]; zone: string };
  type Mails = { mails: Api.MailSummary[] };
  type NextWindows = { title: string; windows: Api.ComingWindow[]; zone: string };
  type ReexportDialog = Close & { view: Page.CoveredJob; window?: Api.WindowCell | null };
  type Refusal = { error: { status: number; message: string }; onRetry: () => void };
  type Runs = { title: string; runs: Api.RerunWindow[]; zone: string };
  type JobProblems = { job: Page.Job };
  type TemplateInUse = { template: Page.TemplateInUse };
  type DeletedJob = { job: Api.DeletedJobRow };
  type ExecutionList = {
    path: `jobs/${string}/executions` | `deleted-jobs/${string}/executions` | null;
    zone: string;
    whyEmpty: string;
    pace?: () => number | null;
    stateKey?: string | null;
  };
  type JobVersionsPath = `jobs/${string}` | null;
  type Versions = { path: JobVersionsPath; versions: Api.VersionNote[] };
  type Version = { path: JobVersionsPath; note: Api.VersionNote };
  type VersionDetails = { path: JobVersionsPath; version: number };
  type VersionChange = { version: number; change: Api.VersionChanges["changes"][number] };
  type WindowFacts = {
    window: Api.WindowCell;
    view: Page.JobView;
    zone: string;
    isChosen: boolean;
    onReexport: () => void;
  };
}
