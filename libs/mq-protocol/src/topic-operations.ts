/** Makes a topic. Names match `[A-Za-z0-9_.%-]{1,127}` and do not start with a dot. */
export interface CreateTopicRequest {
  readonly topic: string;
  readonly queueCount: number;
}

/** One topic and the offsets of its queues (first readable offset; offset after the last confirmed message). */
export interface TopicDescription {
  readonly topic: string;
  readonly queueCount: number;
  readonly queues: readonly { readonly queueId: number; readonly startOffset: number; readonly endOffset: number }[];
}

/** A group's progress on a topic. `floorOffset`: everything below is settled. Lag counts messages not settled. */
export interface GroupDescription {
  readonly group: string;
  readonly topic: string;
  readonly queues: readonly {
    readonly queueId: number;
    readonly floorOffset: number;
    readonly endOffset: number;
    readonly inFlightCount: number;
    readonly lagCount: number;
  }[];
}
