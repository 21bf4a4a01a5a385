import { type Complaint, InputErrors } from "../../../kit/errors.js";

/** More complaints than a reader will mend at a time. */
const MOST = 20;

/** Gathers what is wrong with a file, so that a user mends it in one go. */
export class Complaints {
  private readonly list: Complaint[] = [];

  add(complaint: Complaint): void {
    this.list.push(complaint);
    if (this.list.length >= MOST) this.throwIfAny();
  }

  get any(): boolean {
    return this.list.length > 0;
  }

  /** @throws {InputErrors} BAD_WFFORMAT */
  throwIfAny(): void {
    if (this.list.length > 0) throw new InputErrors("BAD_WFFORMAT", this.list);
  }
}
