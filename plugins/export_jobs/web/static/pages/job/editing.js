// What may be changed of a job, as a form holds it, and the part of it that differs: that alone is sent.
export function draftOf({ definition, recipients, owner, description }) {
  const { schedule, enabled } = definition;
  return { description, owner, recipients, enabled, schedule: { ...schedule, deliver_at: String(schedule.deliver_at ?? "").slice(0, 5) } };
}

const isSame = (one, other) => JSON.stringify(one ?? "") === JSON.stringify(other ?? "");

export function changesOf(job, draft) {
  const before = draftOf(job);
  const body = {};
  for (const path of job.editable) {
    const [part, key] = path.split(".");
    const [was, is] = key ? [before[part][key], draft[part][key]] : [before[part], draft[part]];
    if (isSame(was, is)) continue;
    if (key) body[part] = { ...body[part], [key]: is === "" ? null : is };
    else body[part] = is;
  }
  return body;
}

// What somebody has typed, on top of what the job has become in the meantime.
export function rebased(job, changes) {
  const draft = draftOf(job);
  return { ...draft, ...changes, schedule: { ...draft.schedule, ...changes.schedule } };
}
