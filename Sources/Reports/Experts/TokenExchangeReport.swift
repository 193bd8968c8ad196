public import CostModels

/// What an exchange of tokens takes on every path: the contract `meshwright.token-exchange/1`, and its text.
public struct TokenExchangeReport: Encodable, Sendable {
    /// A path with its times.
    public struct Path: Encodable, Sendable {
        /// Its name.
        public let path: String
        /// Seconds there and back.
        public let dispatch, combine: Double
        /// Bytes and messages of the busiest rank on the way there, sent or received, inside its domain and over the network.
        public let insideBytes, outsideBytes, insideMessages, outsideMessages: Double
        /// Whether times follow measured kernels.
        public let isMeasured: Bool
        /// What the reader should know.
        public let notes: [String]

        enum CodingKeys: String, CodingKey {
            case path, notes
            case dispatch = "dispatch_s"
            case combine = "combine_s"
            case insideBytes = "inside_bytes"
            case outsideBytes = "outside_bytes"
            case insideMessages = "inside_messages"
            case outsideMessages = "outside_messages"
            case isMeasured = "measured"
        }
    }

    /// The name of the contract.
    let schema = "meshwright.token-exchange/1"
    /// The model, the cluster, the routing and the format of tokens on their way to experts.
    public let model, cluster, routing, format: String
    /// Ranks, domains of one fabric, and the limit of nodes a token, if any.
    public let ranks, nodes: Int
    /// See `ranks`.
    public let nodeLimit: Int?
    /// Tokens of a rank, and the busiest rank's load over the mean.
    public let tokens, imbalance: Double
    /// The paths, fastest first.
    public let paths: [Path]

    enum CodingKeys: String, CodingKey {
        case schema, model, cluster, routing, ranks, nodes, tokens, paths
        case format = "dispatch_format"
        case nodeLimit = "route_nodes"
        case imbalance = "busiest_over_mean"
    }

    /// A report of prices of one question.
    public init(
        _ question: TokenExchangeQuestion, _ prices: [TokenExchangePrice], model: String, cluster: String, nodes: Int, routing: String,
        format: String
    ) {
        (self.model, self.cluster, self.routing, self.format) = (model, cluster, routing, format)
        (ranks, self.nodes, nodeLimit) = (question.ranks, nodes, question.nodeLimit)
        (tokens, imbalance) = (question.tokens, question.imbalance)
        paths = prices.enumerated().sorted {
            ($0.element.dispatch + $0.element.combine, $0.offset) < ($1.element.dispatch + $1.element.combine, $1.offset)
        }
        .map(\.element).map {
            Path(
                path: $0.path.rawValue, dispatch: $0.dispatch, combine: $0.combine, insideBytes: $0.insideBytes,
                outsideBytes: $0.outsideBytes, insideMessages: $0.insideMessages, outsideMessages: $0.outsideMessages,
                isMeasured: $0.isMeasured, notes: $0.notes)
        }
    }

    /// The report for people.
    public func text(width: Int, colour: TerminalColour) -> String {
        let limit = nodeLimit.map { ", at most \($0) \($0 == 1 ? "node" : "nodes") a token" } ?? ""
        var text =
            StyledText("\(model): \(CountText.number(Int(tokens), of: "token")) a rank to \(ranks) ranks of \(cluster)", .bold).cut(
                to: width
            )
            .rendered(colour) + "\n"
        text +=
            TextWrap.lines(
                "\(CountText.number(nodes, of: "domain")) of one fabric, \(format) to experts, routing \(routing)\(limit); bytes and messages are those of the busiest rank on the way there, sent or received",
                first: "", indent: 0, width: width
            ).map { $0 + "\n" }.joined() + "\n"
        let rows = paths.map { path in
            [
                path.path, DurationText.text(path.dispatch), DurationText.text(path.combine), CountText.bytes(path.insideBytes),
                CountText.bytes(path.outsideBytes), CountText.counted(path.insideMessages), CountText.counted(path.outsideMessages),
                path.isMeasured ? "kernels" : "links",
            ].map { StyledText($0) }
        }
        text += TextTable(
            [
                .init("path"), .init("there", .trailing), .init("back", .trailing), .init("inside", .trailing), .init("network", .trailing),
                .init("messages inside", .trailing, expendability: 2), .init("over network", .trailing, expendability: 2),
                .init("by", expendability: 1),
            ], rows: rows
        ).rendered(width: width, colour: colour)
        for path in paths {
            for note in path.notes {
                text += TextWrap.lines(note, first: "\(path.path): ", indent: 2, width: width).map { $0 + "\n" }.joined()
            }
        }
        return text
    }
}
