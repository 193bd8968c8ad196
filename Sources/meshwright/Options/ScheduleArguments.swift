public import ArgumentParser
public import Schedules

/// Schedules and group rules read by the names users know; the parser lists them in its help and completions.
extension PipelineSchedule: ExpressibleByArgument {}
extension GroupRule: ExpressibleByArgument {}
