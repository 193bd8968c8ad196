public import Documents

/// Switches, the nodes on them, and the switches below them.
public struct SwitchTree: Hashable, Sendable {
    /// A switch or a block of nodes.
    public struct Switch: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// Nodes that are connected to it directly.
        public var nodes: [String]
        /// Switches below it.
        public var switches: [String]
        /// Where it is stated.
        public var location: SourceLocation
        /// Bandwidth from below over bandwidth above; nil where nothing says.
        public var oversubscription: Double?
    }

    /// A level above the nodes.
    public struct Level: Hashable, Sendable {
        /// Nodes under each switch of the level, in tree order.
        public var groups: [[String]]
        /// Bandwidth from below over bandwidth above; nil where nothing says.
        public var oversubscription: Double?
    }

    /// The switches in the order of the file.
    public private(set) var switches: [Switch]

    /// A tree of switches, each named once, without circles, whose children exist.
    ///
    /// - Throws: which of these is not so, and where.
    public init(_ switches: [Switch]) throws(DocumentError) {
        var index: [String: Int] = [:]
        for (place, one) in switches.enumerated() {
            if let first = index.updateValue(place, forKey: one.name) {
                throw DocumentError(one.location, .duplicateKey(one.name, firstLine: switches[first].location.line))
            }
        }
        var parents: [String: Int] = [:]
        var home: [String: String] = [:]
        for (place, one) in switches.enumerated() {
            for child in one.switches {
                guard index[child] != nil else {
                    let nearest = NearestName.best(for: child, among: index.keys.sorted())
                    throw DocumentError(
                        one.location,
                        .invalid(
                            "there is no switch '\(child)'",
                            remedy: nearest.map { "did you mean '\($0)'?" } ?? "describe it in a line of its own"))
                }
                guard parents.updateValue(place, forKey: child) == nil else {
                    throw DocumentError(one.location, .invalid("the switch '\(child)' hangs on two switches", remedy: "levels form a tree"))
                }
            }
            for node in one.nodes {
                if let other = home.updateValue(one.name, forKey: node) {
                    throw DocumentError(
                        one.location,
                        .invalid("the node '\(node)' is on '\(other)' and on '\(one.name)'", remedy: "list it under one of them"))
                }
            }
        }
        self.switches = switches
        let reached = highest.reduce(0) { $0 + count(under: $1, index) }
        guard reached == switches.count, let first = switches.first else {
            throw DocumentError(
                switches.first?.location ?? SourceLocation(file: ""), .invalid("the switches form a circle", remedy: "levels form a tree"))
        }
        guard !home.isEmpty else {
            throw DocumentError(first.location, .invalid("no switch has nodes", remedy: "list the nodes of the lowest switches"))
        }
    }

    /// Switches that hang on no other.
    var highest: [Switch] {
        let children = Set(switches.flatMap(\.switches))
        return switches.filter { !children.contains($0.name) }
    }

    /// Switches at and under one; every switch has one parent, so that this ends.
    private func count(under root: Switch, _ index: [String: Int]) -> Int {
        var waiting = [root]
        var count = 0
        while let next = waiting.popLast() {
            count += 1
            waiting += next.switches.compactMap { index[$0].map { switches[$0] } }
        }
        return count
    }

    /// All nodes in tree order, so that neighbours share switches.
    public var nodes: [String] { highest.flatMap { ordered(under: $0) } }

    /// The levels from the lowest up; switches whose subtrees are equally deep share one.
    public var levels: [Level] {
        var height: [String: Int] = [:]
        let index = Dictionary(uniqueKeysWithValues: switches.enumerated().map { ($1.name, $0) })
        for root in highest {
            // Parents before children, then heights from the end.
            var order = [root]
            var next = 0
            while next < order.count {
                order += order[next].switches.compactMap { index[$0].map { switches[$0] } }
                next += 1
            }
            for one in order.reversed() { height[one.name] = (one.switches.compactMap { height[$0] }.max() ?? -1) + 1 }
        }
        let highest = height.values.max() ?? -1
        return (0...max(highest, 0)).map { level in
            var groups: [[String]] = []
            var oversubscription: Double?
            for one in switches where height[one.name] == level {
                groups.append(ordered(under: one))
                if let own = one.oversubscription { oversubscription = max(oversubscription ?? 1, own) }
            }
            return Level(groups: groups, oversubscription: oversubscription)
        }
    }

    private func ordered(under root: Switch) -> [String] {
        let index = Dictionary(uniqueKeysWithValues: switches.enumerated().map { ($1.name, $0) })
        var nodes: [String] = []
        var waiting = [root]
        while let next = waiting.popLast() {
            nodes += next.nodes
            waiting += next.switches.reversed().compactMap { index[$0].map { switches[$0] } }
        }
        return nodes
    }
}
