import Foundation

/// How long a job waits for nodes under repair when it has spares.
///
/// Nodes fail while the job runs and it waits while more are out than it has spares, so at most s + 1 are out and none fails then: an Erlang loss
/// system with s + 1 servers, whose states depend on the mean time of repair alone (Erlang, 1917; Sevastyanov, 1957).
public enum SpareNodes {
    /// Share of the time that a job waits, with nodes out `load` at a time if it never waited: Erlang's B of s + 1.
    public static func waiting(spares: Int, load: Double) -> Double {
        guard load > 0 else { return 0 }
        var inverse = 1.0
        for servers in 1...(spares + 1) {
            inverse = 1 + inverse * Double(servers) / load
            guard inverse.isFinite else { return 0 }
        }
        return 1 / inverse
    }

    /// The number of spares with which useful time is cheapest, at most as many as there are nodes: a spare costs what a working node does.
    ///
    /// The share that is not waited is concave in the spares, so the price of useful time falls to one lowest point.
    public static func cheapest(nodes: Double, load: Double) -> Int {
        guard load > 0 else { return 0 }
        // 1 / B of one server, then of one more each time.
        var inverse = 1 + 1 / load
        var spares = 0
        func price(_ spares: Int, _ inverse: Double) -> Double { (nodes + Double(spares)) / (1 - 1 / inverse) }
        while Double(spares) < min(nodes, 1_000_000) {
            let next = 1 + inverse * Double(spares + 2) / load
            guard next.isFinite, price(spares + 1, next) < price(spares, inverse) else { break }
            (spares, inverse) = (spares + 1, next)
        }
        return spares
    }
}
