import Schedules

extension Timeline.Kind {
    /// The letter that schedules in papers give it, or a short word where they have none.
    var letter: StaticString {
        switch self {
        case .forward: "F"
        case .backwardInput: "I"
        case .backwardWeight: "W"
        case .backward: "B"
        case .overlappedPair: "F&B"
        case .send: "send"
        case .gradientReduce: "reduce"
        case .parameterGather: "gather"
        case .optimizer: "optimizer"
        case .copyDown: "down"
        case .copyUp: "up"
        case .hostUpdate: "host"
        case .tensorExchange: "tp"
        case .contextExchange: "cp"
        case .expertExchange: "ep"
        }
    }

    /// What it does, in words.
    var words: StaticString {
        switch self {
        case .forward: "forward"
        case .backwardInput: "input gradient"
        case .backwardWeight: "weight gradient"
        case .backward: "backward"
        case .overlappedPair: "forward and backward, overlapped"
        case .send: "send"
        case .gradientReduce: "gradient reduction"
        case .parameterGather: "parameter gather"
        case .optimizer: "optimizer"
        case .copyDown: "copy to the host"
        case .copyUp: "copy from the host"
        case .hostUpdate: "update on the host"
        case .tensorExchange: "tensor-parallel collectives"
        case .contextExchange: "context-parallel exchange"
        case .expertExchange: "exchange of tokens"
        }
    }
}

extension ByteWriter {
    /// Appends the short name of an operation: `F3`, `F3&B1`, `send 3`, `optimizer`; the numbers are micro-batches.
    mutating func append(nameOf span: Timeline.Span) {
        switch span.kind {
        case .overlappedPair:
            append("F")
            append(Int(span.microBatch))
            append("&B")
            append(Int(span.pairedMicroBatch))
        case .forward, .backwardInput, .backwardWeight, .backward:
            append(span.kind.letter)
            if span.microBatch >= 0 { append(Int(span.microBatch)) }
        default:
            append(span.kind.letter)
            if span.microBatch >= 0 {
                append(" ")
                append(Int(span.microBatch))
            }
        }
    }
}
