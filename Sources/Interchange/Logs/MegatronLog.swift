import Documents

extension TrainingLogReader {
    /// A line of Megatron-LM (`training_log` of megatron/training/training.py, `report_memory` of its utils).
    mutating func readMegatron(_ line: Substring, _ number: Int) {
        if line.has("--- arguments ---") {
            begin(number)
            megatron = MegatronArgumentList(line: number)
            return
        }
        if megatron?.isOpen == true, line.has("elapsed time per iteration (ms):") { cutArguments() }
        if megatron?.isOpen == true {
            if line.has("--- end of arguments ---") { megatron?.isOpen = false } else { megatron?.add(line, number) }
            if megatron?.isOpen == false { storeArguments() }
            return
        }
        if let rest = line.after("padded vocab (size: "), let (size, _) = rest.leadingCount {
            megatron?.vocabulary = size; storeArguments()
        }
        readSteps(line, number)
        readMemory(line, number)
    }

    /// Steps of a line; two ranks that write at once leave two in it.
    private mutating func readSteps(_ line: Substring, _ number: Int) {
        guard line.has("iteration") else { return }
        var rest = line
        var found = false
        while let (start, after) = rest.find("elapsed time per iteration (ms):") {
            let before = rest[..<start]
            if let iteration = Self.iteration(in: before), let (time, end) = after.leadingNumber, time > 0, end.hasPrefix(" |") {
                add(TrainingLog.Step(iteration: iteration, seconds: time / 1000, line: number))
                found = true
            }
            rest = after
        }
        if !found, line.has(" iteration "), line.has("| consumed samples:") { cut(number) }
    }

    /// The number in the last `iteration 10/ 20` of a text.
    private static func iteration(in text: Substring) -> Int? {
        var rest = text
        var number: Int?
        while let after = rest.after("iteration") {
            if let (value, end) = after.leadingCount, end.hasPrefix("/") { number = value }
            rest = after
        }
        return number
    }

    /// `[Rank 0] (after 2 iterations) memory (MB) | allocated: … | max allocated: … | reserved: … | max reserved: …`; MB are 2^20 bytes.
    private mutating func readMemory(_ line: Substring, _ number: Int) {
        guard let rest = line.after("memory (MB) |") else { return }
        let kinds: [(String, WritableKeyPath<TrainingLog.Memory, Double?>)] = [
            ("max allocated:", \.allocated), ("max reserved:", \.reserved), ("total device memory used:", \.device),
        ]
        for (words, kind) in kinds {
            if let (value, _) = rest.after(words)?.leadingNumber { add(kind, value / 1024, line: number) }
        }
    }

    private mutating func storeArguments() {
        guard let megatron, !megatron.isOpen, !starts.isEmpty else { return }
        if let configuration = try? megatron.configuration(file: file) { starts[starts.count - 1].configuration = configuration }
    }

    /// Says what an argument list that cannot be read lacks.
    mutating func settleMegatron(_ last: Int) throws(DocumentError) {
        guard let megatron else { return }
        if megatron.isOpen { cutArguments() } else { _ = try megatron.configuration(file: file) }
    }

    /// Gives up a list of arguments that has no end.
    private mutating func cutArguments() {
        guard let line = megatron?.line else { return }
        notes.append("the list of arguments that begins in line \(line) is cut, so that it is not read")
        megatron = nil
    }
}
