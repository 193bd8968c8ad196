import Documents

/// Lines of Megatron-LM and of what is built on its training loop.
///
/// `training_log` of megatron/training/training.py (core 0.15) and of megatron/training.py (2.2 to 3.0): ` iteration {:8d}/{:8d} |`, then
/// `elapsed time per iteration (ms): {:.1f} |`. Megatron-DeepSpeed (BigScience's bloom branch) writes `(s): {:.2f} |`, its Argonne fork
/// `iteration=…/…| elapsed_time_per_iteration_ms=… | global_batch_size=… |`; GPT-NeoX (megatron/logging.py, 2.0) the first with
/// `samples/sec: {:.3f} |` before it.
struct MegatronLog: LogFormat {
    let framework: TrainingLog.Framework
    private var arguments: MegatronArgumentList?
    /// A line that ends before its time, which a narrow terminal may have wrapped.
    private var pending: (text: Substring, number: Int)?

    init(_ framework: TrainingLog.Framework) { self.framework = framework }

    mutating func read(_ line: Substring, _ number: Int, into log: inout LogCollector) {
        // GPT-NeoX lists its own arguments in the same frame, with names and marks of its own.
        if framework != .neox, line.has("--- arguments ---") {
            log.begin(number)
            arguments = MegatronArgumentList(line: number)
            return
        }
        if arguments?.isOpen == true, line.has("elapsed time per iteration (") { cutArguments(&log) }
        if arguments?.isOpen == true {
            if line.has("--- end of arguments ---") { arguments?.isOpen = false } else { arguments?.add(line, number) }
            if arguments?.isOpen == false { storeArguments(&log) }
            return
        }
        if let (start, first) = pending {
            pending = nil
            let joined = start + line
            if Self.iteration(in: line) == nil, Self.time(in: joined) != nil { return readSteps(joined, first, &log) }
            log.cut(first)
        }
        if line.has("iteration") {
            readSteps(line, number, &log)
        } else if let rest = line.after("padded vocab (size: "), let (size, _) = rest.leadingCount {
            arguments?.vocabulary = size
            storeArguments(&log)
        } else {
            readMemory(line, number, &log)
        }
    }

    /// Steps of a line; two ranks that write at once leave two in it.
    private mutating func readSteps(_ line: Substring, _ number: Int, _ log: inout LogCollector) {
        var time = Self.time(in: line)
        var before = line
        var found = false
        while let (start, after, unit) = time {
            let iteration = Self.iteration(in: before[..<start])
            time = Self.time(in: after)
            if let iteration, let (seconds, end) = after.leadingNumber, seconds > 0, end.hasPrefix(" |") {
                // The batch stands behind the time.
                let own = time.map { end[..<$0.start] } ?? end
                let batch = own.after("global batch size:")?.leadingCount ?? own.after("global_batch_size=")?.leadingCount
                log.add(TrainingLog.Step(iteration: iteration, pace: .seconds(seconds * unit), batch: batch?.value, line: number))
                found = true
            }
            before = after
        }
        if found { return }
        if line.has(" iteration "), line.has("| consumed samples:") { pending = (line, number) }
        readMemory(line, number, &log)
    }

    /// Where the time of a step begins, and its unit in s.
    private static func time(in text: Substring) -> (start: Substring.Index, rest: Substring, unit: Double)? {
        if let (start, rest) = text.find("elapsed time per iteration (") {
            if rest.hasPrefix("ms):") { return (start, rest.dropFirst(4), 1e-3) }
            if rest.hasPrefix("s):") { return (start, rest.dropFirst(3), 1) }
            return nil
        }
        return text.find("_time_per_iteration_ms=").map { ($0.start, $0.rest, 1e-3) }
    }

    /// The number in the last `iteration 10/ 20` of a text.
    private static func iteration(in text: Substring) -> Int? {
        var rest = text
        var number: Int?
        while let after = rest.after("iteration") {
            let value = after.hasPrefix("=") ? after.dropFirst() : after
            if let (value, end) = value.leadingCount, end.hasPrefix("/") { number = value }
            rest = after
        }
        return number
    }

    /// `[Rank 0] (after 2 iterations) memory (MB) | allocated: … | max allocated: … | reserved: … | max reserved: …`; MB are 2^20 bytes.
    private func readMemory(_ line: Substring, _ number: Int, _ log: inout LogCollector) {
        guard let rest = line.after("memory (MB) |") else { return }
        if let (value, _) = rest.after("max allocated:")?.leadingNumber { log.add(\.allocated, value / 1024, line: number) }
        if let (value, _) = rest.after("max reserved:")?.leadingNumber { log.add(\.reserved, value / 1024, line: number) }
        if let (value, _) = rest.after("total device memory used:")?.leadingNumber { log.add(\.device, value / 1024, line: number) }
    }

    private func storeArguments(_ log: inout LogCollector) {
        guard let arguments, !arguments.isOpen, !log.starts.isEmpty else { return }
        if let configuration = try? arguments.configuration(file: log.file) {
            log.starts[log.starts.count - 1].configuration = configuration
        }
    }

    /// Says what an argument list that cannot be read lacks.
    mutating func finish(_ log: inout LogCollector) throws(DocumentError) {
        if let pending { log.cut(pending.number) }
        guard let arguments else { return }
        if arguments.isOpen { cutArguments(&log) } else { _ = try arguments.configuration(file: log.file) }
    }

    /// Gives up a list of arguments that has no end.
    private mutating func cutArguments(_ log: inout LogCollector) {
        guard let line = arguments?.line else { return }
        log.notes.append("the list of arguments that begins in line \(line) is cut, so that it is not read")
        arguments = nil
    }
}
